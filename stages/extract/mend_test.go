package extract

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

// asLatin is what becomes of bytes that are read as Western letters: those that
// windows-1252 has none for stay as Latin-1 has them.
func asLatin(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		r := charmap.Windows1252.DecodeByte(c)
		if r == 0xfffd {
			r = rune(c)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// damagedWays are the ways in which Arabic comes damaged.
func damagedWays(t testing.TB, s string) map[string]string {
	t.Helper()
	arabic, err := charmap.Windows1256.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"UTF-8 as Latin":        asLatin([]byte(s)),
		"UTF-8 as windows-1256": windows1256.text([]byte(s)),
		"windows-1256 as Latin": asLatin([]byte(arabic)),
	}
}

func TestMend_Certain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"زيت زيتون", "جبنة فيتا «خاصة» 500 جم", "شاي", "كود الصنف"} {
		for way, bad := range damagedWays(t, name) {
			in := "SKU,Qty,Name,City\nA-1,1," + bad + ",Café\nA-2,2,plain,\n"
			rows, read, err := readBytes(t, stock, "f.csv", []byte(in))
			if err != nil || len(rows) != 2 {
				t.Errorf("%s of %s: %v", way, name, err)
				continue
			}
			if rows[0].Cells[2] != name || rows[0].Cells[3] != "Café" || rows[1].Cells[2] != "plain" {
				t.Errorf("%s: got %q, want %q", way, rows[0].Cells, name)
			}
			if len(read.Notes) != 1 || read.Notes[0].Rule != "text.repaired" || read.Notes[0].With["sample"] != name || read.Notes[0].Col != 3 {
				t.Errorf("%s: notes %v", way, read.Notes)
			}
		}
	}
}

// TestMend_Header needs the damage of the header undone to find the table.
func TestMend_Header(t *testing.T) {
	t.Parallel()
	names := []string{"كود الصنف", "اسم الصنف", "الكمية"}
	for i, way := range []string{"UTF-8 as Latin", "UTF-8 as windows-1256", "windows-1256 as Latin"} {
		in := made(t, func(f *excelize.File) {
			for c, name := range names {
				at, _ := excelize.CoordinatesToCellName(c+1, 1)
				set(t, f, "Sheet1", map[string]any{at: damagedWays(t, name)[way]})
			}
			set(t, f, "Sheet1", map[string]any{"A2": "A-1", "B2": damagedWays(t, "عسل نحل")[way], "C2": 3})
		})
		rows, _, err := readBytes(t, arabicStock, "f.xlsx", in)
		if err != nil || len(rows) != 1 || rows[0].Cells[1] != "عسل نحل" || rows[0].Header[0] != names[0] {
			t.Errorf("%d %s: %v %v", i, way, rows, err)
		}
	}
}

func TestMend_NotCertain(t *testing.T) {
	t.Parallel()
	bad := asLatin([]byte("زيت زيتون"))
	for name, in := range map[string]string{
		"a letter lost":        "SKU,Qty,Name\nA-1,1," + bad + "\nA-2,1," + strings.Replace(asLatin([]byte("جبنة فيتا")), "\u0081", "?", 1) + "\n",
		"sound Arabic beside":  "SKU,Qty,Name\nA-1,1," + bad + "\nA-2,1,زيت\n",
		"a Latin word beside":  "SKU,Qty,Name\nA-1,1," + bad + "\nA-2,1,Crème\n",
		"damaged twice over":   "SKU,Qty,Name\nA-1,1," + asLatin([]byte(bad)) + bad + "\n",
		"late in a long table": "SKU,Qty,Name\nA-1,1," + bad + "\n" + strings.Repeat("A-2,1,x\n", 3*mendRows) + "A-3,1,زيت\n",
	} {
		_, _, err := readBytes(t, stock, "f.csv", []byte(in))
		if p := refusal(t, err, true); p.Rule != "text.garbled" || p.Value == "" || p.Row == 0 {
			t.Errorf("%s: got %v", name, p)
		}
		o := stock
		o.CodePage = "utf-8"
		rows, _, err := readBytes(t, o, "f.csv", []byte(in))
		if err != nil || !strings.HasSuffix(in, rows[len(rows)-1].Cells[2]+"\n") {
			t.Errorf("%s, as it stands: %v", name, err)
		}
	}
}

// TestMend_Sound leaves texts alone that are what they are.
func TestMend_Sound(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"زيت زيتون", "Crème brûlée", "Müller & Söhne", "ÄÖÜ", "ÀÉÈ", "São Tomé", "½ £5 «x»", "Ñandú", "Łódź"} {
		rows, read, err := readBytes(t, stock, "f.csv", []byte("SKU,Qty,Name\nA-1,1,"+s+"\n"))
		if err != nil || rows[0].Cells[2] != s || len(read.Notes) > 0 {
			t.Errorf("%q: %v %v %v", s, rows, read.Notes, err)
		}
	}
}

// TestMisreading_Any undoes every damage of any Arabic.
func TestMisreading_Any(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ 12-xy")), 1, 30, -1).Draw(r, "s")
		if ascii([]byte(s)) {
			return
		}
		if got, ok := misreadings[0].undo(asLatin([]byte(s))); !ok || got != s {
			r.Errorf("UTF-8 as Latin: %q became %q", s, got)
		}
		if got, ok := misreadings[1].undo(windows1256.text([]byte(s))); !ok || got != s {
			r.Errorf("UTF-8 as windows-1256: %q became %q", s, got)
		}
	})
}
