package extract

import (
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestLost_BytesWithoutALetter are found wherever they stand, also far behind what
// the code page was worked out by.
func TestLost_BytesWithoutALetter(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("SKU,Qty,Name\n")
	for i := range 20_000 {
		text.WriteString("A-" + strconv.Itoa(i) + ",1,Café crème brûlée\n")
	}
	long := encoded(t, charmap.Windows1252.NewEncoder().Bytes, []byte(text.String()))
	if len(long) < 2*blockBytes {
		t.Fatal(len(long))
	}
	behind := append(long, "B-1,2,Caf\x81\nB-2,3,tea\n"...)
	half := encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes, []byte("SKU,Qty,Name\nB-1,2,Caf?\nB-2,3,tea\n"))
	half = []byte(strings.Replace(string(half), "?\x00", "\x00\xd8", 1)) // half a letter
	for name, c := range map[string]struct {
		in   []byte
		page string
		hold bool
		row  int
	}{
		"a page that was worked out":  {behind, "", true, 20_002},
		"a page that is stated":       {behind, "windows-1252", false, 20_002},
		"UTF-16":                      {half, "", false, 2},
		"two bytes a letter":          {[]byte("SKU,Qty,Name\nB-1,2,\xff\nB-2,3,tea\n"), "gbk", false, 2},
		"all of them are letters":     {long, "", false, 0},
		"a page without such a byte":  {behind, "windows-1256", false, 0},
		"UTF-8 with the letter of it": {[]byte("SKU,Qty,Name\nB-1,2,\ufffd\n"), "", false, 0}, // it was lost elsewhere
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := stock
			o.CodePage = c.page
			rows, _, err := readBytes(t, o, "f.csv", c.in)
			if c.hold {
				if p := refusal(t, err, true); p.Rule != "text.undefined" || p.Row != c.row || p.Column != "Name" || p.With["codepage"] != "windows-1252" {
					t.Errorf("got %+v", p)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if wrong := len(r.Faults) == 1 && r.Faults[0].Rule == "text.undefined" && r.Faults[0].Col == 3; wrong != (r.Row == c.row) {
					t.Fatalf("row %d: %v", r.Row, r.Faults)
				}
			}
		})
	}
}
