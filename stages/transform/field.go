package transform

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"wasl/pipeline"
)

// fieldKeys are what the long form of a field may say.
var fieldKeys = []string{
	"from", "value", "expr", // where it comes from: one of these
	"as", "decimal", "fraction", "layout", "zone", "pivot", "unit", "round", // how the text is read
	"strip", "trim", "upper", // what is done to the text before
	"map", "other", "lookup", "by", "take", // what is put for it
	"empty", "default", "optional", "required", "fill", // what if it is not there
}

// A spec is one field as the mapping writes it, with the place of each key.
type spec struct {
	path string // fields.sku
	pair pair
	at   map[string]pair // by key; of the short form: from

	from     []string
	value    *string
	expr     string
	strip    []string
	trim     string
	upper    bool
	mapped   *mapped
	lookup   *lookup
	dflt     *string
	optional bool
	how      how
	compiled *expression
	source   int // of from

	empty      []string // texts that stand for nothing, besides those of the mapping
	stripUnit  bool     // a quantity may carry any unit
	unitSource int      // the column of its unit; -1: that of the field unit
}

// field reads one field; nil where it is so wrong that it cannot be used.
func (d *draft) field(pr pair) *spec {
	s := &spec{path: "fields." + pr.key, pair: pr, at: map[string]pair{}, source: -1, unitSource: -1}
	index := d.m.shape.Index(pr.key)
	if index < 0 {
		d.wrong(pr.at, s.path, "mapping.field", "name", pr.key, "near", near(pr.key, fieldNames(d.m.shape)))
		return nil
	}
	field := d.m.shape.Fields()[index]
	s.how = how{as: field.Type, to: field.Type, zone: d.m.zone}
	before := len(d.found)
	if isMap(pr.val) {
		for _, key := range d.pairs(pr.val, s.path, fieldKeys) {
			s.at[key.key] = key
			d.fieldKey(s, key)
		}
	} else {
		s.at["from"] = pair{key: "from", at: pr.at, val: pr.val}
		s.from = d.from(s.at["from"], s.path)
	}
	d.sources(s, len(d.found) > before)
	d.uses(s)
	if s.optional && field.Required && s.dflt == nil && s.value == nil {
		d.wrong(s.at["optional"].at, s.path, "mapping.optional", "name", field.Name, "kind", d.m.To)
	}
	if len(d.found) > before {
		return nil
	}
	d.step(s, index, field)
	d.m.rules = append(d.m.rules, ruleOf(field.Name, pr))
	return s
}

// fieldKey reads one key of the long form.
func (d *draft) fieldKey(s *spec, key pair) {
	path := join(s.path, key.key)
	switch key.key {
	case "from":
		s.from = d.from(key, path)
	case "value":
		s.value = new(d.text(key, path))
	case "expr":
		s.expr = d.text(key, path)
	case "as":
		d.as(s, key, path)
	case "decimal":
		s.how.decimal = d.choice(key, path, ".", ",")
	case "fraction":
		s.how.fraction = d.yes(key, path)
	case "layout":
		d.layout(s, key, path)
	case "zone":
		name := d.text(key, path)
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" {
			d.wrong(key.tok(), path, "config.zone", "given", name)
			return
		}
		s.how.zone = zone
	case "pivot":
		s.how.pivot = d.number(key, path, 1, 99, "the first of the two-digit years that are 19xx, such as 60")
	case "round":
		s.how.places, s.how.rounds = uint8(d.number(key, path, 0, 6, "how many decimals to keep, such as 2")), true
		if !numeric(s.how.to) {
			d.wrong(key.at, path, "mapping.numeric", "name", s.pair.key, "want", s.how.to.String())
		}
	case "unit":
		d.unit(s, key, path)
	case "empty":
		s.empty = d.texts(key, path)
	case "fill":
		d.choice(key, path, "down")
	case "strip":
		s.strip = d.texts(key, path)
	case "trim":
		s.trim = d.text(key, path)
	case "upper":
		s.upper = d.yes(key, path)
	case "map":
		d.valueMap(s, key, path)
	case "lookup":
		d.lookup(s, key, path)
	case "default":
		s.dflt = new(d.text(key, path))
	case "optional":
		s.optional = d.yes(key, path)
	}
}

// as reads the type that the text is read as, where it is not the field's own.
func (d *draft) as(s *spec, key pair, path string) {
	name := d.choice(key, path, append(slices.Clone(pipeline.TypeNames()), "serial", "serial.1904")...)
	switch name {
	case "":
		return
	case "serial", "serial.1904":
		s.how.serial = serial1900
		if name == "serial.1904" {
			s.how.serial = serial1904
		}
		if s.how.as != pipeline.Time {
			s.how.as = pipeline.Date
		}
	default:
		s.how.as, _ = pipeline.TypeOf(name)
	}
	if !adapts(s.how.as, s.how.to) {
		d.wrong(key.tok(), path, "mapping.as", "name", s.pair.key, "given", name, "want", s.how.to.String())
	}
}

func (d *draft) layout(s *spec, key pair, path string) {
	for _, text := range d.texts(key, path) {
		l := newLayout(text)
		if !l.whole() {
			d.wrong(key.tok(), path, "mapping.layout", "given", text)
		}
		s.how.layouts = append(s.how.layouts, l)
	}
}

// valueMap reads map: pairs of the field's own, or the name of one of the settings.
func (d *draft) valueMap(s *spec, key pair, path string) {
	s.mapped = &mapped{}
	if !isMap(key.val) {
		s.mapped.named = d.text(key, path)
		if _, ok := d.m.world.maps[s.mapped.named]; !ok && s.mapped.named != "" {
			d.wrong(key.tok(), path, "mapping.map", "name", s.mapped.named, "near", near(s.mapped.named, sortedKeys(d.deps.Maps)))
		}
		return
	}
	pairs := d.pairs(key.val, path, nil)
	if d.codeList(s, pairs, path) {
		return
	}
	values := map[string]string{}
	for _, v := range pairs {
		values[v.key] = d.text(v, join(path, v.key))
	}
	var twice string
	if s.mapped.own, twice = newValueMap(values); twice != "" {
		d.wrong(key.at, path, "mapping.twice", "name", twice)
	}
	d.gives[s.pair.key] = slices.Compact(slices.Sorted(maps.Values(values)))
}

// sources checks where the value comes from: one place, and its names.
func (d *draft) sources(s *spec, wrong bool) {
	var given []string
	for _, key := range []string{"from", "value", "expr"} {
		if _, ok := s.at[key]; ok {
			given = append(given, key)
		}
	}
	if len(given) != 1 && !wrong {
		d.wrong(s.pair.at, s.path, "mapping.source", "name", s.pair.key)
		return
	}
	if s.from != nil {
		s.source = d.source(s.from, !s.optional)
		key := s.pair.key
		if isMap(s.pair.val) {
			key = "from"
		}
		d.reads(s.source, s.path, key)
	}
	if fill, ok := s.at["fill"]; ok {
		if s.source < 0 {
			d.wrong(fill.at, s.path, "mapping.needs", "name", "fill", "other", "from")
		} else if !slices.Contains(d.m.fill, s.source) {
			d.m.fill = append(d.m.fill, s.source)
			d.m.sources[s.source].Fill = true
		}
	}
	if _, ok := s.at["expr"]; ok && s.expr != "" {
		s.compiled = d.compile(s.expr, s.at["expr"], join(s.path, "expr"), !s.optional)
	}
}

// uses checks the keys that belong to others, and the texts of value and default.
func (d *draft) uses(s *spec) {
	d.takes(s)
	if other, ok := s.at["other"]; ok {
		if s.mapped == nil {
			d.wrong(other.at, s.path, "mapping.needs", "name", "other", "other", "map")
		} else {
			s.mapped.other = new(d.text(other, join(s.path, "other")))
		}
	}
	for key, text := range map[string]*string{"value": s.value, "default": s.dflt} {
		if text == nil {
			continue
		}
		if v, why := s.how.read(pipeline.Clean(*text)); why.rule != "" || !v.Set && *text != "" {
			d.wrong(s.at[key].tok(), join(s.path, key), "mapping.value", "given", *text, "want", s.how.as.String())
		}
	}
	if s.compiled != nil && !s.gives(s.compiled.result) {
		d.wrong(s.at["expr"].tok(), join(s.path, "expr"), "mapping.result", "got", typeWord(s.compiled.result), "want", s.how.to.String())
	}
}

// gives tells whether the result of an expression fits the field. A text does:
// it is read as a cell is.
func (s *spec) gives(t reflect.Type) bool {
	switch t {
	case textType:
		return true
	case decimalType:
		return numeric(s.how.to) || s.how.to == pipeline.Text
	case momentType:
		return s.how.to == pipeline.Date || s.how.to == pipeline.Time
	case boolType:
		return s.how.to == pipeline.Bool
	}
	return false
}

// typeWord names the type of an expression for people.
func typeWord(t reflect.Type) string {
	switch t {
	case textType:
		return "text"
	case decimalType:
		return "number"
	case momentType:
		return "time"
	case boolType:
		return "bool"
	}
	return "list"
}
