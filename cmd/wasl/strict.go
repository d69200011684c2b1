package main

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"wasl/pipeline"
)

// decodeStrict reads YAML into a struct and finds everything that is wrong with
// it, not only the first thing: unknown settings, settings given twice, and
// values of the wrong type. at says where each setting stands, by its path.
// The YAML library stops at the first of these.
func decodeStrict(file string, text []byte, into any) (found []pipeline.Finding, at map[string]pipeline.Finding) {
	d := &decoding{file: file, at: map[string]pipeline.Finding{}}
	doc, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return []pipeline.Finding{syntaxFinding(file, err)}, d.at
	}
	for _, body := range doc.Docs {
		if body.Body != nil {
			d.node("", body.Body, reflect.ValueOf(into).Elem())
		}
	}
	return d.found, d.at
}

// syntaxFinding is YAML that cannot be read at all.
func syntaxFinding(file string, err error) pipeline.Finding {
	f := pipeline.Finding{File: file, Line: 1, Col: 1, Rule: "yaml.syntax"}
	said := err.Error()
	if y, ok := err.(yaml.Error); ok {
		said = y.GetMessage()
		if t := y.GetToken(); t != nil {
			f.Line, f.Col = t.Position.Line, t.Position.Column
		}
	}
	f.With = map[string]string{"said": said}
	return f
}

type decoding struct {
	file  string
	found []pipeline.Finding
	at    map[string]pipeline.Finding
}

func (d *decoding) wrong(n ast.Node, path string, rule pipeline.Rule, with map[string]string) {
	p := n.GetToken().Position
	d.found = append(d.found, pipeline.Finding{File: d.file, Line: p.Line, Col: p.Column, Path: path, Rule: rule, With: with})
}

// node decodes one node into a value of the settings.
func (d *decoding) node(path string, n ast.Node, v reflect.Value) {
	if tag, ok := n.(*ast.TagNode); ok {
		n = tag.Value
	}
	if anchor, ok := n.(*ast.AnchorNode); ok {
		n = anchor.Value
	}
	if _, null := n.(*ast.NullNode); null {
		return // a section without settings: the defaults
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if v.Kind() == reflect.Map && v.Type().Elem().Kind() == reflect.Struct {
		d.named(path, n, v)
		return
	}
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		d.leaf(path, n, v)
		return
	}
	switch m := n.(type) {
	case *ast.MappingNode:
		d.fields(path, m.Values, v)
	case *ast.MappingValueNode:
		d.fields(path, []*ast.MappingValueNode{m}, v)
	default:
		d.wrong(n, path, "yaml.type", map[string]string{"path": path, "want": "settings, one a line"})
	}
}

// fields decodes the settings of a section.
func (d *decoding) fields(path string, values []*ast.MappingValueNode, v reflect.Value) {
	known := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, pair := range values {
		name := pair.Key.String()
		if t := pair.Key.GetToken(); t != nil {
			name = t.Value
		}
		here := strings.TrimPrefix(path+"."+name, ".")
		index, ok := known[name]
		switch {
		case !ok:
			d.wrong(pair.Key, here, "config.unknown", map[string]string{"name": here, "near": nearest(name, known)})
			continue
		case seen[name]:
			d.wrong(pair.Key, here, "config.twice", map[string]string{"name": here})
			continue
		}
		seen[name] = true
		p := pair.Key.GetToken().Position
		d.at[here] = pipeline.Finding{Line: p.Line, Col: p.Column}
		d.node(here, pair.Value, v.FieldByIndex(index))
	}
}

// named decodes sections whose names are the user's own.
func (d *decoding) named(path string, n ast.Node, v reflect.Value) {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	default:
		d.wrong(n, path, "yaml.type", map[string]string{"path": path, "want": "sections, each under a name"})
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, pair := range pairs {
		name := pair.Key.String()
		if t := pair.Key.GetToken(); t != nil {
			name = t.Value
		}
		here := path + "." + name
		if out.MapIndex(reflect.ValueOf(name)).IsValid() {
			d.wrong(pair.Key, here, "config.twice", map[string]string{"name": here})
			continue
		}
		p := pair.Key.GetToken().Position
		d.at[here] = pipeline.Finding{Line: p.Line, Col: p.Column}
		one := reflect.New(v.Type().Elem()).Elem()
		d.node(here, pair.Value, one)
		out.SetMapIndex(reflect.ValueOf(name), one)
	}
	v.Set(out)
}

func (d *decoding) leaf(path string, n ast.Node, v reflect.Value) {
	fresh := reflect.New(v.Type())
	if err := yaml.NodeToValue(n, fresh.Interface()); err != nil {
		d.wrong(n, path, "yaml.type", map[string]string{"path": path, "want": typeWord(v.Type())})
		return
	}
	v.Set(fresh.Elem())
}

// typeWord says what a setting has to look like.
func typeWord(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 10s, 5m or 2h"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return "a number"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.Map:
		return "pairs of name: value"
	}
	return "a text; put it in quotes"
}

// fieldsOf are the settings of a section by their YAML names.
func fieldsOf(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if strings.Contains(options, "inline") {
			for inner, index := range fieldsOf(t.Field(i).Type) {
				out[inner] = append([]int{i}, index...)
			}
			continue
		}
		if name != "" && name != "-" {
			out[name] = []int{i}
		}
	}
	return out
}

// nearest is the known name that was probably meant; "" where none is near. A
// tie goes to the one that comes first in the alphabet.
func nearest(name string, known map[string][]int) string {
	best, distance := "", len(name)/2+1
	for k := range known {
		n := levenshtein.ComputeDistance(strings.ToLower(name), k)
		if n < distance || n == distance && best != "" && k < best {
			best, distance = k, n
		}
	}
	return best
}

// parentPath is the path of the section around a setting.
func parentPath(path string) string {
	i := strings.LastIndexByte(path, '.')
	return path[:max(i, 0)]
}

// place is a finding's position as text.
func place(f pipeline.Finding) string {
	return f.File + ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Col)
}
