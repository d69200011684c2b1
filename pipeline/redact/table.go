package redact

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// A column says what a column of a table is to us.
type column int

const (
	other    column = iota
	idColumn        // the shop's number of a customer
	refColumn
	mailColumn
	phoneColumn
	personalColumn
	nameColumn  // Name alone: of a person, where the table is one of persons
	orderColumn // its rows are one order
	unread      // its header is in a code page that is not known here
)

// Words of headers, folded, beside those of pipeline.Personal.
var (
	idHeaders    = []string{"customer id", "shopify customer id"}
	refHeaders   = []string{"customer code", "customer no", "customer number", "account no", "account code", "كود العميل", "رقم العميل"}
	orderHeaders = []string{"order", "order name", "order id", "order number", "order no", "رقم الطلب", "الطلب"}
	nameHeaders  = []string{"name", "full name", "customer", "client", "consignee", "consignee name", "receiver", "receiver name", "buyer", "contact", "contact name", "المرسل اليه", "الاسم", "العميل", "اسم العميل", "اسم"}
	mailWords    = []string{"mail", "email", "بريد", "البريد", "ايميل", "الايميل"}
	phoneWords   = []string{"phone", "phone2", "mobile", "telephone", "tel", "whatsapp", "هاتف", "الهاتف", "تليفون", "التليفون", "موبايل", "الموبايل", "محمول", "المحمول", "تليفون2", "هاتف2"}
	placeWords   = []string{"city", "zip", "postal", "postcode", "province", "governorate", "company", "district", "area", "landmark", "birthday", "birth", "ip", "vat", "tax",
		"المدينة", "المحافظة", "الشركة", "المنطقة", "الحي", "العنوان", "الرقم"}
)

// columnOf says what a column is, by its header.
func columnOf(header string) column {
	folded := pipeline.Fold(header)
	words := strings.Fields(folded)
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	switch {
	case folded == "":
		return other
	case slices.Contains(idHeaders, folded):
		return idColumn
	case slices.Contains(refHeaders, folded):
		return refColumn
	case strings.HasPrefix(folded, "lineitem"), strings.HasPrefix(folded, "line "), words[0] == "tax" && len(words) == 3: // Tax 1 Name
		return other
	case has(mailWords):
		return mailColumn
	case has(phoneWords):
		return phoneColumn
	case slices.Contains(orderHeaders, folded):
		return orderColumn
	case slices.Contains(nameHeaders, folded):
		return nameColumn
	case pipeline.Personal(header):
		return personalColumn
	case has(placeWords) && !strings.HasPrefix(folded, "tax") || folded == "tax id" || folded == "tax number":
		return personalColumn
	}
	return other
}

// A table is a sheet that is being read, a row at a time.
type table struct {
	p     pipeline.Person
	alone pipeline.Person // p by what is theirs alone
	cols  []column        // nil: no header yet
	names []string        // of the columns, folded
	at    int             // rows read
	order string          // of the row before
	own   bool            // that row was the person's
	plain bool            // headers of the single-byte page that it is in could be read
}

// headerRows is among how many rows a header is looked for.
const headerRows = 15

// An edit is what a cell becomes.
type edit struct {
	col  int
	text string
}

// row looks at one row: what it says of whom it is, whether it is the person's, and which
// of its cells change.
func (t *table) row(cells []string) (traits pipeline.Traits, own bool, edits []edit) {
	t.at++
	if t.cols == nil && t.at <= headerRows && t.header(cells) {
		return traits, false, nil
	}
	traits = t.traits(cells)
	order := t.orderOf(cells)
	switch {
	case !traits.Empty():
		own = t.p.Owns(traits)
	case order != "" && order == t.order:
		own = t.own
	}
	t.order, t.own = order, own
	for i, cell := range cells {
		if text, changed := t.cell(i, cell, own, traits.Empty()); changed {
			edits = append(edits, edit{i, text})
		}
	}
	return traits, own, edits
}

// header takes a row as the header, where it is one.
func (t *table) header(cells []string) bool {
	cols, names := make([]column, len(cells)), make([]string, len(cells))
	known, filled, lines := 0, 0, false
	for i, cell := range cells {
		cols[i], names[i] = columnOf(cell), pipeline.Fold(cell)
		lines = lines || strings.HasPrefix(names[i], "lineitem")
		if names[i] != "" {
			filled++
		}
		if cols[i] != other && pipeline.MailKey(cell) == "" && pipeline.PhoneKey(cell) == "" {
			known++
		}
	}
	if known == 0 || known < 2 && filled < 3 {
		return false
	}
	persons := slices.Contains(cols, mailColumn) || slices.Contains(cols, phoneColumn) || slices.Contains(cols, idColumn)
	arabic, read := 0, 0
	for i, c := range cols {
		foreign := strings.ContainsFunc(names[i], func(r rune) bool { return r > 0x7f })
		if foreign {
			arabic++
		}
		if foreign && c != other {
			read++
		}
		switch {
		case c == nameColumn && lines:
			cols[i] = orderColumn
		case c == nameColumn && !persons:
			cols[i] = other
		case names[i] == "id" && persons && slices.Contains(names, "first name"):
			cols[i] = idColumn
		}
	}
	if !t.plain && arabic > 0 && read == 0 {
		for i := range cols {
			if cols[i] == other && strings.ContainsFunc(names[i], func(r rune) bool { return r > 0x7f }) {
				cols[i] = unread
			}
		}
	}
	t.cols, t.names = cols, names
	return true
}

func (t *table) kind(i int) column {
	if i < len(t.cols) {
		return t.cols[i]
	}
	return other
}

func (t *table) orderOf(cells []string) string {
	for i, c := range t.cols {
		if c == orderColumn && i < len(cells) && strings.TrimSpace(cells[i]) != "" {
			return cells[i]
		}
	}
	return ""
}

// traits are what a row says of whom it is.
func (t *table) traits(cells []string) (out pipeline.Traits) {
	p := pipeline.Person{}
	first, last := "", ""
	mails := slices.Contains(t.cols, mailColumn)
	for i, cell := range cells {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		switch kind := t.kind(i); {
		case kind == idColumn:
			p.IDs = put(p.IDs, pipeline.CustomerID(cell))
		case kind == refColumn:
			p.Refs = put(p.Refs, "ERP:"+pipeline.Clean(cell))
		case kind == phoneColumn, t.cols == nil && mobile(cell):
			p.Phones = put(p.Phones, pipeline.PhoneKey(cell))
		case kind == mailColumn, !mails && pipeline.MailKey(cell) != "":
			p.Emails = put(p.Emails, pipeline.MailKey(cell))
		case kind == nameColumn, kind == personalColumn:
			name := t.names[i]
			if strings.HasSuffix(name, "first name") {
				first = pipeline.Clean(cell)
			}
			if strings.HasSuffix(name, "last name") {
				last = pipeline.Clean(cell)
			}
			if isPlace(name) {
				continue
			}
			p.Texts = put(p.Texts, pipeline.Clean(cell))
			if out.Name == "" && (kind == nameColumn || strings.HasSuffix(name, "name")) {
				out.Name = pipeline.Clean(cell)
			}
		}
	}
	if order := t.orderOf(cells); order != "" {
		out.Orders = []string{pipeline.Clean(order)}
	}
	if both := strings.TrimSpace(first + " " + last); first != "" && last != "" {
		p.Texts, out.Name = put(p.Texts, both), both
	}
	out.IDs, out.Refs, out.Emails, out.Phones, out.Texts = p.IDs, p.Refs, p.Emails, p.Phones, p.Texts
	return out
}

// isPlace tells whether a column holds a part of an address that many share.
func isPlace(folded string) bool {
	words := strings.Fields(folded)
	for _, w := range []string{"city", "zip", "postal", "province", "country", "governorate", "code", "state", "marketing", "المدينة", "المحافظة"} {
		if slices.Contains(words, w) {
			return true
		}
	}
	return false
}

// mobile tells whether a text is a mobile number of Egypt with all its digits.
func mobile(text string) bool {
	key := pipeline.PhoneKey(text)
	return len(key) == 10 && key[0] == '1' && len(strings.TrimSpace(text)) >= 11
}

// cell is what a cell becomes. nobody: its row says of nobody whom it is.
func (t *table) cell(i int, cell string, own, nobody bool) (text string, changed bool) {
	if strings.TrimSpace(cell) == "" {
		return cell, false
	}
	if !own {
		if !nobody {
			return cell, false
		}
		return t.alone.Mask(cell)
	}
	switch t.kind(i) {
	case idColumn, refColumn, orderColumn:
		return cell, false
	case mailColumn, phoneColumn, personalColumn, nameColumn:
		return "", true
	case unread:
		return "", strings.Trim(cell, "0123456789.,- ") != ""
	}
	if t.p.Known(cell) {
		return "", true
	}
	return t.p.Mask(cell)
}

func put(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
