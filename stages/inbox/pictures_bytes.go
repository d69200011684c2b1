package inbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/gif"  // read by image.DecodeConfig
	_ "image/jpeg" // as well
	_ "image/png"  // as well
	"io"
	"net/http"
	"strconv"

	"wasl/pipeline"
)

// What Shopify takes of a picture (help.shopify.com, product media types).
const (
	mostBytes  = 20 << 20
	mostPixels = 25_000_000
)

// endings are the types that are taken, and how names of their files end.
var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}

// inspect tells a picture's type by its bytes, and the rule that it breaks: type,
// size, or that it is not whole. Its name does not matter.
func inspect(r io.ReaderAt, size int64) (kind string, rule pipeline.Rule, with map[string]string) {
	head := part(r, 0, min(size, 512))
	kind = http.DetectContentType(head)
	if endings[kind] == "" {
		return "", "pictures.type", map[string]string{"is": kind}
	}
	if size > mostBytes {
		return kind, "pictures.large", map[string]string{"size": megabytes(size), "limit": megabytes(mostBytes)}
	}
	width, height, ok := dimensions(r, size, kind)
	if !ok {
		return "", "pictures.cut", nil
	}
	if int64(width)*int64(height) > mostPixels {
		return kind, "pictures.large", map[string]string{"size": fmt.Sprintf("%d × %d", width, height), "limit": "25 MP"}
	}
	if !ended(r, size, kind) {
		return "", "pictures.cut", nil
	}
	return kind, "", nil
}

func megabytes(n int64) string { return strconv.FormatInt((n+1<<20-1)>>20, 10) + " MB" }

// dimensions are a picture's width and height in pixels.
func dimensions(r io.ReaderAt, size int64, kind string) (width, height int, ok bool) {
	if kind == "image/webp" {
		return webp(part(r, 0, min(size, 30)))
	}
	c, _, err := image.DecodeConfig(io.NewSectionReader(r, 0, size))
	return c.Width, c.Height, err == nil && c.Width > 0 && c.Height > 0
}

// webp reads the size out of the first chunk: lossy, lossless or extended
// (developers.google.com/speed/webp/docs/riff_container).
func webp(head []byte) (width, height int, ok bool) {
	if len(head) < 30 {
		return 0, 0, false
	}
	three := func(at int) int { return int(head[at]) | int(head[at+1])<<8 | int(head[at+2])<<16 }
	switch string(head[12:16]) {
	case "VP8X":
		return three(24) + 1, three(27) + 1, true
	case "VP8L":
		bits := binary.LittleEndian.Uint32(head[21:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, head[20] == 0x2f
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(head[26:]) & 0x3fff), int(binary.LittleEndian.Uint16(head[28:]) & 0x3fff), bytes.Equal(head[23:26], []byte{0x9d, 0x01, 0x2a})
	}
	return 0, 0, false
}

// ended tells whether a picture has its end: one that is still being copied over
// a slow line has none.
func ended(r io.ReaderAt, size int64, kind string) bool {
	const last = 64 << 10
	tail := part(r, max(0, size-last), min(size, last))
	switch kind {
	case "image/png":
		return bytes.Contains(tail, []byte("IEND"))
	case "image/webp":
		return size >= int64(binary.LittleEndian.Uint32(part(r, 4, 4)))+8
	}
	// Telephones put films behind the end of a JPEG; blanks are the room that a copy
	// has made for what is still to come.
	return !blank(tail)
}
