// `import CountersignClient` is all a user writes: the messages, and what every message can do (`.with { … }`),
// come with it. Re-exported modules also count as imported under MemberImportVisibility.
@_exported public import MFAProto
@_exported public import SwiftProtobuf
