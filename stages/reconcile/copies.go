package reconcile

import (
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skip2/go-qrcode"
)

// A Copy is a receipt as its customer gets it on paper. Amounts are texts as the receipt
// has them; the page rounds none of them.
type Copy struct {
	Number, UUID, Order   string
	Issued                time.Time
	Return                bool
	Filed                 bool // the authority found it valid; else the page says in large letters that it did not
	Link                  string
	TradeName, RIN        string
	Branch, Address, POS  string
	BuyerName, BuyerID    string
	Currency, Payment     string
	Lines                 []CopyLine
	Sales, Discount, Net  string
	VAT, Total, Reference string // Reference: uuid of the sale that a return takes back
	Day                   string // of issue, in the shop's zone: the folder that it lies in
}

// A CopyLine is one line of a copy.
type CopyLine struct {
	Name, Code, Unit, Quantity, Price, VAT, Total string
	Discount                                      string // "" where there is none
}

//go:embed copy/receipt.html
var copyPage string

var copyTemplate = template.Must(template.New("receipt").Funcs(template.FuncMap{"money": moneyText, "quantity": quantityText}).Parse(copyPage))

// qrPixels is the width of a QR code's picture.
const qrPixels = 360

// QR is a text as the picture of a QR code, PNG.
func QR(text string) ([]byte, error) {
	png, err := qrcode.Encode(text, qrcode.Medium, qrPixels)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	return png, nil
}

// QRText is a QR code in letters, for a terminal.
func QRText(text string) (string, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return "", fmt.Errorf("draw a QR code: %w", err)
	}
	return q.ToSmallString(false), nil
}

// CopyPath is where the copy of a receipt lies below the folder of copies:
// 2026-11-25/1042-5501-a4.html. The number is unique for ever, so the name is. The copy of a
// receipt that is not filed says so in its name too, and gives way to nobody.
func CopyPath(c Copy, size string) string { return filepath.Join(c.Day, c.stem()+"-"+size+".html") }

// QRPath is where the picture of its QR code lies.
func QRPath(c Copy) string { return filepath.Join(c.Day, c.stem()+"-qr.png") }

func (c Copy) stem() string {
	if c.Filed {
		return FileSafe(c.Number)
	}
	return FileSafe(c.Number) + "-NOT-FILED"
}

// WriteCopy writes the printable pages of a receipt, in each of some sizes (a4, 80mm), and
// the picture of its QR code, into a folder, and says which it wrote. One that is there
// stays: a copy never changes. With again all are written anew.
func WriteCopy(ctx context.Context, dir string, c Copy, sizes []string, again bool, opt Options) (wrote []string, err error) {
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	picture := sync.OnceValues(func() ([]byte, error) { return QR(c.Link) }) // of a copy that is there none is drawn
	write := func(name string, fill func(io.Writer) error) error {
		path := filepath.Join(dir, name)
		if !again {
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		if err := save(ctx, path, fill); err != nil {
			return fmt.Errorf("copy of receipt %s: %w", c.Number, err)
		}
		wrote = append(wrote, path)
		return nil
	}
	for _, size := range sizes {
		err := write(CopyPath(c, size), func(to io.Writer) error {
			png, err := picture()
			if err != nil {
				return err
			}
			return c.page(to, size, png, opt)
		})
		if err != nil {
			return wrote, err
		}
	}
	err = write(QRPath(c), func(to io.Writer) error {
		png, err := picture()
		if err != nil {
			return err
		}
		_, err = to.Write(png)
		return err
	})
	return wrote, err
}

// page fills in the page. It holds all it needs: picture, style and letters of the system.
func (c Copy) page(to io.Writer, size string, png []byte, opt Options) error {
	return copyTemplate.Execute(to, struct {
		Copy
		Roll  bool
		Image template.URL
		At    string
	}{c, size == "80mm", template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)), c.Issued.In(opt.Zone).Format("2006-01-02 15:04")})
}

// moneyText is an amount with two decimals at least, its thousands parted: 1,234.50. More
// decimals than two stay as they are.
func moneyText(text string) string {
	if text == "" {
		return ""
	}
	whole, part, _ := strings.Cut(text, ".")
	for len(part) < 2 {
		part += "0"
	}
	return grouped(whole) + "." + part
}

func quantityText(text string) string {
	whole, part, _ := strings.Cut(text, ".")
	if part = strings.TrimRight(part, "0"); part == "" {
		return grouped(whole)
	}
	return grouped(whole) + "." + part
}

func grouped(whole string) string {
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	digits := []byte(whole)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = slices.Insert(digits, at, ',')
	}
	return sign + string(digits)
}
