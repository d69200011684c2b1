package shopify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// gallery is the body of a document of shopify.image: pictures of an item, in
// the order in which they are to stand. Build fills in what the ERP wants, Plan
// and sending the rest.
type gallery struct {
	Code     string    `json:"code"` // of an item or of a group
	Pictures []picture `json:"pictures,omitempty"`

	Product string   `json:"productId,omitempty"` // gid
	Take    []taken  `json:"take,omitempty"`      // what leaves the product, as it was approved
	Turns   int      `json:"turns,omitempty"`     // how often they were put in order and stood so
	Order   []string `json:"order,omitempty"`     // of a wish that puts back: the files in their old order
}

// picture is one picture of an item.
type picture struct {
	Source   string  `json:"source,omitempty"` // an address, or the name of a file
	SHA256   string  `json:"sha256,omitempty"` // of its bytes; they lie in the vault where Source is no address
	Position int     `json:"position"`         // its place among the item's, from 1
	First    bool    `json:"first,omitempty"`  // the file itself gives position 1
	Alt      *string `json:"alt,omitempty"`    // nil: the file does not speak of it
	Variant  string  `json:"variant,omitempty"`
	Remove   bool    `json:"remove,omitempty"`
	Row      int     `json:"row"`            // which of Document.From it comes from
	File     string  `json:"file,omitempty"` // of a wish that puts back: the file in the shop itself

	ID     string   `json:"fileId,omitempty"` // the file in the shop, once it is known
	Old    string   `json:"oldId,omitempty"`  // the file whose place it takes
	On     []string `json:"on,omitempty"`     // gids of the variants that are to show it
	Was    *string  `json:"was,omitempty"`    // the text that Alt replaces
	Failed *failure `json:"failed,omitempty"` // why the shop has not got it
}

// taken is a picture that leaves a product.
type taken struct {
	ID     string `json:"fileId"`
	Delete bool   `json:"delete,omitempty"` // for good, and not only from the product
}

// failure is why Shopify could not make a picture of what it was given.
type failure struct {
	Code string `json:"code"`
	Said string `json:"said"`
}

func (g gallery) body() json.RawMessage {
	b, err := json.Marshal(g)
	if err != nil {
		panic(err) // texts and whole numbers
	}
	return b
}

// galleryOf reads a document's body.
func galleryOf(doc pipeline.Document) (gallery, error) {
	var g gallery
	if err := json.Unmarshal(doc.Body, &g); err != nil {
		return gallery{}, fmt.Errorf("shopify: the body of %s: %w", doc.Key, err)
	}
	return g, nil
}

// maxAlt is the longest text of a picture, in letters.
const maxAlt = 512

// buildImages makes the document of one item. Pictures without a position follow
// each other as the rows do.
func buildImages(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	code := group[0].Text("code")
	doc := pipeline.Document{Name: code}
	if code == "" {
		return doc, nil // Map has told so
	}
	doc.Key, doc.Words = "image/"+code, []string{code}
	g := gallery{Code: code}
	var problems []pipeline.Problem
	places := map[string]bool{}
	for i, r := range group {
		doc.From = append(doc.From, r.At("image"))
		p, wrong := pictureOf(r, i)
		problems = append(problems, wrong...)
		if len(wrong) > 0 {
			continue
		}
		// Two pictures that are to stand in one place: which of them is meant cannot
		// be known.
		if place := p.slot(code); places[place] {
			problems = append(problems, r.Problem("position", "image.twice", map[string]string{"code": code, "place": place}))
		} else {
			places[place] = true
		}
		g.Pictures = append(g.Pictures, p)
	}
	if len(problems) > 0 {
		return doc, problems
	}
	slices.SortStableFunc(g.Pictures, func(a, b picture) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Variant, b.Variant))
	})
	doc.Body = g.body()
	doc.Print = g.print()
	return doc, nil
}

// pictureOf reads one row.
func pictureOf(r pipeline.Record, row int) (picture, []pipeline.Problem) {
	p := picture{Source: r.Text("image"), SHA256: strings.ToLower(r.Text("sha256")), Position: row + 1,
		Variant: r.Text("variant"), Remove: r.True("remove"), Row: row}
	var problems []pipeline.Problem
	wrong := func(field string, rule pipeline.Rule, with map[string]string) {
		problems = append(problems, r.Problem(field, rule, with))
	}
	if r.Has("position") {
		n, err := r.Amount("position").Int64()
		if err != nil || n < 1 || n > mostMedia || !r.Amount("position").Equal(r.Amount("position").Floor()) {
			wrong("position", "image.position", map[string]string{"most": strconv.Itoa(mostMedia)})
		} else {
			p.Position, p.First = int(n), n == 1 && p.Variant == ""
		}
	}
	if r.Has("alt") {
		alt := r.Text("alt")
		if p.Alt = &alt; len([]rune(alt)) > maxAlt {
			wrong("alt", "image.alt", map[string]string{"limit": strconv.Itoa(maxAlt)})
		}
	}
	switch rule := p.badSource(); {
	case p.Source == "":
		return p, problems // Map has told so
	case rule != "" && !p.Remove:
		wrong("image", rule, map[string]string{"code": r.Text("code")})
	}
	return p, problems
}

// badSource is the rule that a picture's source breaks; "": none. Shopify fetches
// an address itself; we see to it that it is one of the open internet.
func (p picture) badSource() pipeline.Rule {
	if !p.remote() {
		if strings.Contains(p.Source, "://") {
			return "image.address"
		}
		if len(p.SHA256) != 64 || strings.Trim(p.SHA256, "0123456789abcdef") != "" {
			return "image.bytes"
		}
		return ""
	}
	u, err := url.Parse(p.Source)
	if err != nil || u.Hostname() == "" || u.User != nil || !public(u.Hostname()) {
		return "image.address"
	}
	return ""
}

// remote tells whether Shopify fetches the picture by itself.
func (p picture) remote() bool {
	return len(p.Source) > 8 && strings.EqualFold(p.Source[:8], "https://")
}

// public tells whether a host is none of this machine or of a network of its own.
func public(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsGlobalUnicast() && !ip.IsPrivate()
	}
	for _, own := range []string{"localhost", "local", "internal", "lan", "home", "corp"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return false
		}
	}
	// 127.1 and 0x7f000001 are addresses to some: a name ends in a word.
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Contains(host, ".") && strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// print is what two wishes are compared by.
func (g gallery) print() string {
	var b strings.Builder
	for _, p := range g.Pictures {
		alt := "-"
		if p.Alt != nil {
			alt = strconv.Quote(*p.Alt)
		}
		fmt.Fprintf(&b, "%s %s %v %v %s\n", p.slot(g.Code), p.mark(), p.Remove, p.First, alt)
	}
	return b.String()
}
