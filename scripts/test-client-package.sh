#!/bin/sh
# Proves that the Swift client needs nothing of the server: an empty package that depends on this repository and
# imports CountersignClient alone is built while the headers of the server's C libraries are hidden, and the
# program links none of them.
#
# Its build folder, .build-client-package, is kept: only the first run takes minutes.
set -eu
cd "$(dirname "$0")/.."
root=$PWD

headers='sqlite3.h qrencode.h png.h'
libraries='libsqlite3 libqrencode libpng'

# In a mount namespace of our own, where hiding a header hides it from nobody else.
if [ "${1-}" != --inside ]; then
    command -v unshare >/dev/null || { echo 'error: unshare is missing (Debian: util-linux)' >&2; exit 2; }
    if [ "$(id -u)" -eq 0 ]; then
        exec unshare -m "$0" --inside
    else
        exec unshare -rm "$0" --inside
    fi
fi
for header in $headers; do
    find /usr/include -name "$header" -exec mount --bind /dev/null {} \;
done

package=$root/.build-client-package
mkdir -p "$package/Sources/App"
cat >"$package/Package.swift" <<END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "app",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "countersign", path: "$root")],
    targets: [
        .executableTarget(
            name: "App",
            dependencies: [.product(name: "CountersignClient", package: "countersign")],
            swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")])
    ]
)
END
# Everything a user of the client writes, with this one import.
cat >"$package/Sources/App/main.swift" <<'END'
import CountersignClient

func signIn(_ client: CountersignClient, subject: String, code: String) async throws -> Bool {
    let answer = try await client.verification.verify(
        .with {
            $0.tenant = "default"
            $0.subject = subject
            $0.kind = .totp
            $0.code = code
        })
    switch answer.verdict {
    case .accepted: print("proven until revoked: \(answer.verificationID)")
    case .locked: print("locked")
    default: print("no, \(answer.attemptsLeft) attempts left, again in \(String(describing: answer.retryAfter))")
    }
    return answer.isAccepted
}

let client = try await CountersignClient(.plaintext(host: "127.0.0.1", port: 1))
do {
    _ = try await client.enrollment.startEnrollment(
        StartEnrollmentRequest.with { $0.kind = FactorKind.totp }, options: CallOptions(timeout: .milliseconds(100)))
} catch let error as CountersignError where error.transportFailure == .cannotConnect {
    print(error.message)
}
await client.shutdown()
print("ok")
END

swift build --package-path "$package"
program=$(swift build --package-path "$package" --show-bin-path)/App

output=$("$program")
case $output in
    *ok) ;;
    *) echo "error: the program said: $output" >&2; exit 1 ;;
esac
for library in $libraries; do
    if readelf -d "$program" | grep NEEDED | grep -q "$library"; then
        echo "error: a program that uses only the client links $library" >&2
        exit 1
    fi
done
echo 'The client builds and links without the libraries of the server.'
