package reconcile

import (
	"context"
	"fmt"
	"time"
)

// A TieLine is a receipt about which the ledger and the tax authority do not agree.
type TieLine struct {
	Class  string    `json:"class"` // there, missing, total, status, time, number, pos
	Number string    `json:"number"`
	Order  string    `json:"order,omitempty"`
	POS    string    `json:"pos,omitempty"`
	Issued time.Time `json:"issued,omitzero"`
	Ours   string    `json:"ours"`
	Theirs string    `json:"theirs"`
	Says   string    `json:"says"`
	Fix    string    `json:"fix"`
	UUID   string    `json:"uuid"`
	Rule   string    `json:"rule"`
}

// A TieSum is what was compared.
type TieSum struct {
	From, To string // days of issue
	How      string // by which call it was read
	Same     int    // equal on both sides
	Others   int    // of other devices of the taxpayer
	Each     []TiePOS
}

// A TiePOS is what came of the comparison for one POS.
type TiePOS struct {
	POS    string `json:"pos"`
	Same   int    `json:"same"`
	Differ int    `json:"differ"`
	Unread string `json:"unread,omitempty"` // why it could not be compared
}

// TieName is the name of the workbook of a comparison with the tax authority:
// receipts-tieout-2026-11-25.xlsx.
func TieName(day string) string { return "receipts-tieout-" + day + ".xlsx" }

var tieColumns = []column{
	{"col.differs", 20, false}, {"col.number", 24, false}, {"col.order", 16, false}, {"col.pos", 16, false}, {"col.issued", 17, false}, {"col.ours", 22, false},
	{"col.theirs", 22, false}, {"col.what", 60, false}, {"col.todo", 60, false}, {"col.uuid", 40, true},
}

// WriteTie writes a comparison as a workbook, whole or not at all. Where nothing differs it
// says so.
func WriteTie(ctx context.Context, path, day string, sum TieSum, lines []TieLine, opt Options) error {
	return writeDay(ctx, path, day, "title.tieout", opt, func(b *book) error { return b.tie(sum, lines) })
}

func (b *book) tie(sum TieSum, lines []TieLine) error {
	s, err := b.sheet("tieout", tieColumns)
	if err != nil {
		return err
	}
	for _, l := range lines {
		s.words(b.say("tie." + l.Class))
		s.text(l.Number)
		s.text(l.Order)
		s.text(l.POS)
		s.time(l.Issued)
		s.text(l.Ours)
		s.text(l.Theirs)
		s.words(l.Says)
		s.words(l.Fix)
		s.text(l.UUID)
		if err := s.end(0); err != nil {
			return err
		}
	}
	last := s.row
	note := say(b.opt.Lang, "tie.sum", "from", sum.From, "to", sum.To, "same", fmt.Sprint(sum.Same), "others", fmt.Sprint(sum.Others), "differ", fmt.Sprint(len(lines)), "how", sum.How)
	if err := s.remark(note); err != nil {
		return err
	}
	for _, p := range sum.Each {
		note := say(b.opt.Lang, "tie.each", "pos", p.POS, "same", fmt.Sprint(p.Same), "differ", fmt.Sprint(p.Differ))
		if p.Unread != "" {
			note = say(b.opt.Lang, "tie.unread", "pos", p.POS, "why", p.Unread)
		}
		if err := s.remark(note); err != nil {
			return err
		}
	}
	return s.close(last)
}
