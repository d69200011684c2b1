package shopify

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A picture of ours is known in the shop by the name of its file, which says all
// that there is to know of it, whatever becomes of the ledger:
//
//	wasl1a2b3c4d5e6f7a8b-A-1001-RED_2.jpg
//	    |                |
//	    its content      the place it was made for: item, variant, position
//
// The content stands first, because a search in Files finds names by their
// beginning: the same picture is found whoever it was uploaded for.
const namePrefix = "wasl"

// markLetters are as many of the content's hash as tell pictures apart.
const markLetters = 16

// ourName takes names apart. Shopify adds a UUID where somebody copies a product
// with its pictures.
var ourName = regexp.MustCompile(`^` + namePrefix + `([0-9a-f]{16})-(.+?)(_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.[A-Za-z]+$`)

// mark is what tells the content of a picture from another: the beginning of its
// hash, or of the hash of its address where only that is known. What changes
// behind the same address is not noticed unless the file gives a hash.
func (p picture) mark() string {
	if p.SHA256 != "" {
		return p.SHA256[:min(len(p.SHA256), markLetters)]
	}
	sum := sha256.Sum256([]byte(p.Source))
	return hex.EncodeToString(sum[:])[:markLetters]
}

// slot is the place that a picture is for, as names of files have it:
// A-1001-RED_2.
func (p picture) slot(code string) string {
	slot := fileWord(code)
	if p.Variant != "" {
		slot += "-" + fileWord(p.Variant)
	}
	return slot + "_" + strconv.Itoa(p.Position)
}

// name is the name of its file in the shop.
func (p picture) name(code string) string {
	return namePrefix + p.mark() + "-" + p.slot(code) + p.ending()
}

// ending is that of the source; Shopify wants it to be the same.
func (p picture) ending() string {
	name := p.Source
	if p.remote() {
		if u, err := url.Parse(name); err == nil {
			name = u.Path
		}
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return ext
	}
	return ".jpg"
}

// fileWord is a code in the letters that survive in names of files. What is lost of
// it is made up for by a few letters of its hash: كرسي and سرير differ.
func fileWord(code string) string {
	var b strings.Builder
	lost := len(code) > 60
	for _, r := range code {
		switch {
		case b.Len() >= 60:
		case r < 128 && (r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'):
			b.WriteRune(r)
		default:
			lost = true
		}
	}
	if !lost && b.Len() > 0 {
		return b.String()
	}
	sum := sha256.Sum256([]byte(code))
	return strings.TrimLeft(b.String()+"-x", "-") + hex.EncodeToString(sum[:])[:8]
}

// nameOf is the name of a file by its address in the shop; "" where it has none yet.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return ""
	}
	return path.Base(u.Path)
}

// held is a file on a product, as it was read.
type held struct {
	ID, Alt, Status string
	Name            string // "" until it is READY
	Kind            string // IMAGE and others
}

// ours takes the name of a file of ours apart.
func (h held) ours() (mark, slot string, ok bool) {
	m := ourName.FindStringSubmatch(h.Name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// label names a file for people.
func (h held) label() string {
	if h.Name != "" {
		return h.Name
	}
	return h.ID
}
