import CPNG

extension QRCode {
    /// The symbol as a PNG image, black on white, one bit a pixel.
    ///
    /// - Parameters:
    ///   - scale: Pixels along one side of a module, 1 to 16.
    ///   - quietZoneModules: Light modules around the symbol, 0 to 16. The standard asks for 4.
    public func png(scale: Int = 4, quietZoneModules: Int = 4) -> [UInt8] {
        let scale = min(max(scale, 1), 16)
        let quietZone = min(max(quietZoneModules, 0), 16)
        let side = (sideModules + 2 * quietZone) * scale
        return Self.encode(pixels: pixels(side: side, scale: scale, quietZone: quietZone), side: side)
    }

    /// One byte a pixel, an index into the two colours: 0 is light, 1 is dark.
    private func pixels(side: Int, scale: Int, quietZone: Int) -> [UInt8] {
        var pixels = [UInt8](repeating: 0, count: side * side)
        for row in 0..<sideModules {
            let top = (row + quietZone) * scale
            for column in 0..<sideModules where isDark(row: row, column: column) {
                let left = (column + quietZone) * scale
                for y in top..<top + scale {
                    for x in left..<left + scale { pixels[y * side + x] = 1 }
                }
            }
        }
        return pixels
    }

    /// libpng's simplified API: it keeps its setjmp inside C, where Swift frames cannot be jumped over.
    private static func encode(pixels: [UInt8], side: Int) -> [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(side)
        image.height = png_uint_32(side)
        // A grey colour map of two entries becomes an image of one bit a pixel.
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLORMAP)
        image.colormap_entries = 2
        defer { png_image_free(&image) }

        let colours: [UInt8] = [255, 0]
        // More than any such image needs, so that one pass is enough: an eighth of a byte a pixel, a filter
        // byte a row, deflate's and the chunks' own bytes.
        let capacity = side * (side / 8 + 2) * 2 + 1024
        return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var size = png_alloc_size_t(capacity)
            let written = png_image_write_to_memory(
                &image, buffer.baseAddress, &size, 0, pixels, png_int_32(side), colours)
            precondition(written != 0, "libpng refused a valid image")
            count = Int(size)
        }
    }
}
