internal import NIOCore
internal import NIOHTTP1

/// One connection of the receipt listener: one request, one answer, and closed.
final class ReceiptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let largestBodyBytes = 16 * 1024

    private let timeout: TimeAmount
    private let sink: ReceiptListener.Sink
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isAnswered = false
    private var deadline: Scheduled<Void>?

    init(timeout: TimeAmount, sink: @escaping ReceiptListener.Sink) {
        self.timeout = timeout
        self.sink = sink
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What follows the first request, or its refusal, is nobody's.
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= Self.largestBodyBytes else {
                return answer(.payloadTooLarge, context.channel)
            }
            body += buffer.readableBytesView
        case .end: take(context.channel)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, !isAnswered {
            answer(.badRequest, context.channel)
        } else {
            context.close(promise: nil)
        }
    }

    private func take(_ channel: any NIOCore.Channel) {
        guard let head else { return answer(.badRequest, channel) }
        switch ReceiptRequest.receipt(method: head.method, uri: head.uri, body: body) {
        case .failure(let refusal): answer(refusal.status, channel)
        case .success(let receipt):
            isAnswered = true
            let sink = sink
            let answer = channel.eventLoop.makeFutureWithTask { await sink(receipt) }
            answer.whenComplete { taken in
                let isKnown = (try? taken.get()) ?? false
                Self.write(isKnown ? .noContent : .notFound, channel)
            }
        }
    }

    private func answer(_ status: HTTPResponseStatus, _ channel: any NIOCore.Channel) {
        isAnswered = true
        Self.write(status, channel)
    }

    private static func write(_ status: HTTPResponseStatus, _ channel: any NIOCore.Channel) {
        var headers = HTTPHeaders([("Connection", "close")])
        if status != .noContent { headers.add(name: "Content-Length", value: "0") }
        channel.write(
            HTTPServerResponsePart.head(.init(version: .http1_1, status: status, headers: headers)), promise: nil)
        // The other end closes, or the deadline does: closed at once with bytes unread, the answer could be lost.
        channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
    }
}
