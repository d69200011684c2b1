package transform

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// only: says which documents the flow is for, without an expression:
//
//	only:
//	  status: [paid, pending]     one of these
//	  tag: [vip, gold]            has one of these tags; vip is not vip-old
//	  not_tag: wholesale          has none of these
//	  location: Cairo             sold at one of these
//	  channel: [web, pos]         came by one of these
//	  since: 2026-11-01           placed on that day of the shop, or later
//	  before: 2027-01-01          placed before that day
//	  within: 30                  placed in the last so many days, today among them
//	  order.payment: Paymob       any other text of the kind: one of these
//	  why: {en: ..., ar: ...}     what reports say; a sentence of ours where it is not given
//
// All of it has to hold. Capitals do not count. What is outside is left out, as by
// skip:, with one difference: a document of which the other side has been told is
// followed to its end, whatever becomes of its tags or its age.
type scope struct {
	field int // in the shape
	name  string
	holds func(v pipeline.Value, now time.Time) bool
	why   Words
}

// scopeFields are the fields behind the short words of only:, and the column of an
// order that a mapping reads them from.
var scopeFields = map[string]struct{ field, column string }{
	"status":   {"order.status", "Financial Status"},
	"tag":      {"order.tags", "Tags"},
	"not_tag":  {"order.tags", "Tags"},
	"location": {"order.location", "Location"},
	"channel":  {"order.source", "Source"},
	"since":    {"order.created", "Created at"},
	"before":   {"order.created", "Created at"},
	"within":   {"order.created", "Created at"},
}

// only reads what the flow is for.
func (d *draft) only(key pair) {
	if key.at == nil {
		return
	}
	known := append(sortedKeys(scopeFields), "why")
	for _, f := range d.want.Fields {
		if f.Type.Textual() {
			known = append(known, f.Name)
		}
	}
	var why Words
	for _, k := range d.pairs(key.val, "only", known) {
		if k.key == "why" {
			why = d.words(k, "only.why")
			continue
		}
		if s, ok := d.scope(k); ok {
			d.m.only = append(d.m.only, s)
		}
	}
	if len(d.m.only) == 0 && len(d.found) == 0 {
		d.wrong(key.tok(), "only", "mapping.none", "name", "only", "want", "what the flow is for, such as status: [paid]")
	}
	for i := range d.m.only {
		if why != (Words{}) {
			d.m.only[i].why = why
		}
	}
}

// scope reads one line of only:.
func (d *draft) scope(k pair) (s scope, ok bool) {
	path := "only." + k.key
	of, short := scopeFields[k.key]
	if !short {
		of.field, of.column = k.key, "..."
	}
	if s.field = d.m.shape.Index(of.field); s.field < 0 {
		d.wrong(k.at, path, "only.kind", "name", k.key, "needs", of.field, "kind", d.m.To)
		return s, false
	}
	s.name = of.field
	if _, supplied := d.at[of.field]; !supplied {
		d.wrong(k.at, path, "only.unmapped", "name", k.key, "needs", of.field, "column", of.column)
		return s, false
	}
	before := len(d.found)
	switch k.key {
	case "since", "before":
		d.scopeDay(k, path, &s)
	case "within":
		d.scopeDays(k, path, &s)
	default:
		d.scopeTexts(k, path, &s)
	}
	return s, len(d.found) == before
}

// scopeDay reads since: and before:, days of the shop.
func (d *draft) scopeDay(k pair, path string, s *scope) {
	given, _ := scalar(k.val)
	day, err := time.ParseInLocation(time.DateOnly, given, d.m.zone)
	if err != nil {
		d.wrong(k.tok(), path, "only.day", "given", given)
		return
	}
	if k.key == "since" {
		s.holds = func(v pipeline.Value, _ time.Time) bool { return !v.Time.Before(day) }
		s.why = Words{"outside the flow: placed before " + given, "خارج نطاق المسار: سُجّل قبل " + given}
		return
	}
	s.holds = func(v pipeline.Value, _ time.Time) bool { return v.Time.Before(day) }
	s.why = Words{"outside the flow: placed on " + given + " or later", "خارج نطاق المسار: سُجّل في " + given + " أو بعده"}
}

// scopeDays reads within:, whole days of the shop, today among them.
func (d *draft) scopeDays(k pair, path string, s *scope) {
	days := d.number(k, path, 1, 3650, "a number of days, such as 30")
	zone, n := d.m.zone, strconv.Itoa(days)
	s.holds = func(v pipeline.Value, now time.Time) bool {
		y, m, day := now.In(zone).Date()
		return !v.Time.Before(time.Date(y, m, day-days+1, 0, 0, 0, 0, zone))
	}
	s.why = Words{"outside the flow: placed more than " + n + " days ago", "خارج نطاق المسار: سُجّل قبل أكثر من " + n + " يومًا"}
}

// scopeTexts reads a list of texts, of which one has to be there.
func (d *draft) scopeTexts(k pair, path string, s *scope) {
	given := d.texts(k, path)
	if d.never(k, path, s.name, given); len(given) == 0 {
		return
	}
	want, list := folded(given), strings.Join(given, ", ")
	s.holds = func(v pipeline.Value, _ time.Time) bool { return slices.Contains(want, pipeline.Fold(v.Text)) }
	switch k.key {
	case "tag":
		s.holds = func(v pipeline.Value, _ time.Time) bool { return tagged(v.Text, want) }
		s.why = Words{"outside the flow: without the tag " + list, "خارج نطاق المسار: بدون الوسم " + list}
	case "not_tag":
		s.holds = func(v pipeline.Value, _ time.Time) bool { return !tagged(v.Text, want) }
		s.why = Words{"outside the flow: with the tag " + list, "خارج نطاق المسار: عليه الوسم " + list}
	case "status":
		s.why = Words{"outside the flow: its status is not " + list, "خارج نطاق المسار: حالته ليست " + list}
	case "location":
		s.why = Words{"outside the flow: not sold at " + list, "خارج نطاق المسار: لم يُبع في " + list}
	case "channel":
		s.why = Words{"outside the flow: did not come by " + list, "خارج نطاق المسار: لم يأتِ عبر " + list}
	default:
		s.why = Words{"outside the flow: " + s.name + " is not " + list, "خارج نطاق المسار: قيمة " + s.name + " ليست " + list}
	}
}

// never finds texts that a field cannot have: its map: gives others.
func (d *draft) never(k pair, path, field string, given []string) {
	gives := d.gives[field]
	for _, text := range given {
		is := func(g string) bool { return pipeline.Fold(g) == pipeline.Fold(text) }
		if len(gives) > 0 && !slices.ContainsFunc(gives, is) {
			d.wrong(k.tok(), path, "config.choice", "given", text, "known", strings.Join(gives, ", "))
		}
	}
}

// tagged tells whether a list of tags, parted by commas, holds one of some. A tag is
// compared whole.
func tagged(list string, want []string) bool {
	for tag := range strings.SplitSeq(list, ",") {
		if tag = pipeline.Fold(tag); tag != "" && slices.Contains(want, tag) {
			return true
		}
	}
	return false
}

// Outside says why a document is none that the flow is for, in the mapping's words;
// "" where it is one. What could not be read decides nothing, nor does a date that no
// record has: the document is held with its problem instead.
func (m *Mapping) Outside(group []pipeline.Record) string {
	why, _ := m.outside(group)
	return why.In(m.lang)
}

func (m *Mapping) outside(group []pipeline.Record) (Words, bool) {
	for _, s := range m.only {
		f := m.shape.Fields()[s.field]
		v := groupValue(group, f.Name)
		if v.Bad || !v.Set && !f.Type.Textual() {
			continue
		}
		if !s.holds(v, m.now()) {
			return s.why, true
		}
	}
	return Words{}, false
}
