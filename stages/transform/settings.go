package transform

import (
	"encoding/json"
	"strings"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/ast"
	"github.com/quagmt/udecimal"
)

// settings reads what the flow decides about its kind. A list becomes its texts
// joined by commas, a map of texts becomes JSON; the kind says what it makes of
// them.
func (d *draft) settings(top map[string]pair) {
	key, ok := top["settings"]
	if !ok {
		return
	}
	at := map[string]pair{}
	d.m.Settings = pipeline.Settings{}
	for _, k := range d.pairs(key.val, "settings", nil) {
		path := "settings." + k.key
		at[k.key] = k
		switch k.val.(type) {
		case *ast.SequenceNode:
			d.m.Settings[k.key] = strings.Join(d.texts(k, path), ",")
		case *ast.MappingNode, *ast.MappingValueNode:
			text, err := json.Marshal(d.flat(k, path))
			if err != nil {
				d.wrong(k.tok(), path, "yaml.type", "path", path, "want", "texts by name")
			}
			d.m.Settings[k.key] = string(text)
		default:
			d.m.Settings[k.key] = d.text(k, path)
		}
	}
	for _, f := range d.want.Check(d.m.Settings) {
		f.File, f.Path = d.file, "settings."+f.Path
		k := at[strings.TrimPrefix(f.Path, "settings.")]
		if t := k.at; t != nil && t.Position != nil {
			f.Line, f.Col = t.Position.Line, max(t.Position.Column, 1)
		}
		d.found = append(d.found, f)
	}
}

// gateKeys are the limits of a gate.
var gateKeys = []string{"missing", "fewer", "zero", "hold", "prices", "price", "below_cost", "delete"}

// gate reads the limits of the flow's gate: gate: off, or one limit a line.
func (d *draft) gate(top map[string]pair) {
	key, ok := top["gate"]
	if !ok {
		return
	}
	if t, ok := scalar(key.val); ok && key.val != nil {
		if t != "off" {
			d.wrong(key.tok(), "gate", "config.choice", "given", t, "known", "off, or limits such as {zero: 20%}")
		}
		d.m.Gate.Off = t == "off"
		return
	}
	g := &d.m.Gate
	into := map[string]*pipeline.Limit{"missing": &g.Missing, "fewer": &g.Fewer, "zero": &g.Zero, "hold": &g.Hold,
		"prices": &g.Prices, "price": &g.Price, "below_cost": &g.Cost, "delete": &g.Delete}
	for _, k := range d.pairs(key.val, "gate", gateKeys) {
		if limit := into[k.key]; limit != nil {
			*limit = d.limit(k, "gate."+k.key, k.key == "price" || k.key == "fewer")
		}
	}
}

// limit reads 20%, or a number where a share alone is not asked for.
func (d *draft) limit(k pair, path string, share bool) pipeline.Limit {
	given, _ := scalar(k.val)
	text, percent := strings.CutSuffix(strings.TrimSpace(given), "%")
	of, err := udecimal.Parse(strings.TrimSpace(text))
	if err != nil || of.IsNeg() || share && !percent {
		d.wrong(k.tok(), path, "mapping.limit", "given", given)
		return pipeline.Limit{}
	}
	return pipeline.Limit{Given: true, Share: percent, Of: of}
}
