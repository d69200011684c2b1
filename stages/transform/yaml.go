package transform

import (
	"errors"
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A sheet of YAML is read by walking its tree, not by decoding it into structs:
// the library's decoder stops at the first thing that is wrong, and a mapping's
// author wants all of them, each with its line and column.
type sheet struct {
	file    string
	anchors map[string]ast.Node
	found   []pipeline.Finding
}

// A pair is one key of a map, with its value.
type pair struct {
	key string
	at  *token.Token // of the key
	val ast.Node     // never an alias or an anchor; nil where there is none
}

// root parses the text; nil where it is no YAML, which is a finding then.
func (s *sheet) root(text []byte) ast.Node {
	doc, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.syntax(err)
		return nil
	}
	if len(doc.Docs) == 0 || doc.Docs[0].Body == nil {
		s.wrong(nil, "", "yaml.type", "path", "the mapping", "want", "flow:, files:, to: and fields:")
		return nil
	}
	body := doc.Docs[0].Body
	s.anchors = map[string]ast.Node{}
	ast.Walk(s, body)
	root := s.plain(body)
	if root == nil && len(s.found) == 0 {
		s.wrong(body.GetToken(), "", "yaml.type", "path", "the mapping", "want", "flow:, files:, to: and fields:")
	}
	return root
}

// Visit notes what aliases stand for, and finds those that stand for nothing.
func (s *sheet) Visit(n ast.Node) ast.Visitor {
	switch v := n.(type) {
	case *ast.AnchorNode:
		s.anchors[v.Name.GetToken().Value] = v.Value
	case *ast.AliasNode:
		name := v.Value.GetToken()
		if _, ok := s.anchors[name.Value]; !ok {
			s.wrong(name, "", "yaml.syntax", "said", "nothing above is marked &"+name.Value)
		}
	}
	return s
}

// syntax is text that is no YAML.
func (s *sheet) syntax(err error) {
	at, said := (*token.Token)(nil), err.Error()
	if y, ok := errors.AsType[yaml.Error](err); ok {
		at, said = y.GetToken(), y.GetMessage()
	}
	s.wrong(at, "", "yaml.syntax", "said", said)
}

// wrong adds a finding at a token, with facts in pairs of name and value.
func (s *sheet) wrong(at *token.Token, path string, rule pipeline.Rule, facts ...string) {
	s.wrongAt(1, 1, at, path, rule, facts...)
}

// wrongAt adds a finding at a token, or at a line and a column where it is nil.
func (s *sheet) wrongAt(line, col int, at *token.Token, path string, rule pipeline.Rule, facts ...string) {
	if at != nil && at.Position != nil {
		line, col = at.Position.Line, max(at.Position.Column, 1)
	}
	f := pipeline.Finding{File: s.file, Line: line, Col: col, Path: path, Rule: rule}
	for i := 0; i+1 < len(facts); i += 2 {
		if f.With == nil {
			f.With = map[string]string{}
		}
		f.With[facts[i]] = facts[i+1]
	}
	s.found = append(s.found, f)
}

// plain is a node without its tag and anchor, or what an alias stands for; nil
// for null.
func (s *sheet) plain(n ast.Node) ast.Node {
	for range 8 { // an alias of an alias of ... is nobody's mapping
		switch v := n.(type) {
		case *ast.TagNode:
			n = v.Value
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = s.anchors[v.Value.GetToken().Value]
		case *ast.NullNode, nil:
			return nil
		default:
			return n
		}
	}
	return nil
}

// pairs are the keys of a map, each of which may stand there once. known lists
// the keys that it may have; nil: any.
func (s *sheet) pairs(n ast.Node, path string, known []string) []pair {
	var values []*ast.MappingValueNode
	switch m := s.plain(n).(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		s.wrong(m.GetToken(), path, "yaml.type", "path", path, "want", "name: value")
		return nil
	}
	var out []pair
	seen := map[string]bool{}
	for _, v := range values {
		p := pair{at: v.Key.GetToken(), val: s.plain(v.Value)}
		p.key = pipeline.Clean(p.at.Value)
		switch {
		case known != nil && !slices.Contains(known, p.key):
			s.wrong(p.at, join(path, p.key), "mapping.key", "name", p.key, "near", near(p.key, known))
		case seen[p.key]:
			s.wrong(p.at, join(path, p.key), "mapping.twice", "name", p.key)
		default:
			out = append(out, p)
		}
		seen[p.key] = true
	}
	return out
}

// text is a scalar as it was written: 01 stays 01.
func (s *sheet) text(p pair, path string) string {
	t, ok := scalar(p.val)
	if !ok {
		s.wrong(p.tok(), path, "yaml.type", "path", path, "want", "a text; put it in quotes")
	}
	return t
}

// scalar is the text of a node that is one; null is none.
func scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, nil:
		return "", false
	default:
		return v.GetToken().Value, true
	}
}

// texts is one scalar or a list of them; not empty, or it is a finding.
func (s *sheet) texts(p pair, path string) []string {
	nodes := []ast.Node{p.val}
	if list, ok := p.val.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	var out []string
	for _, n := range nodes {
		t, ok := scalar(s.plain(n))
		if !ok || t == "" {
			s.wrong(p.tok(), path, "yaml.type", "path", path, "want", "a text, or a list of texts")
			return nil
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		s.wrong(p.tok(), path, "yaml.type", "path", path, "want", "a text, or a list of texts")
	}
	return out
}

// yes is a scalar true or false.
func (s *sheet) yes(p pair, path string) bool {
	t, _ := scalar(p.val)
	if t != "true" && t != "false" {
		s.wrong(p.tok(), path, "yaml.type", "path", path, "want", "true or false")
	}
	return t == "true"
}

// list are the entries of a list.
func (s *sheet) list(p pair, path string) []ast.Node {
	switch v := p.val.(type) {
	case *ast.SequenceNode:
		return v.Values
	case nil:
		return nil
	}
	s.wrong(p.tok(), path, "yaml.type", "path", path, "want", "a list: each entry begins with a dash")
	return nil
}

// words are a sentence in both languages, or one for both.
func (s *sheet) words(p pair, path string) Words {
	if t, ok := scalar(p.val); ok {
		return Words{En: t, Ar: t}
	}
	var w Words
	for _, l := range s.pairs(p.val, path, []string{"en", "ar"}) {
		switch l.key {
		case "en":
			w.En = s.text(l, join(path, l.key))
		case "ar":
			w.Ar = s.text(l, join(path, l.key))
		}
	}
	if w.En == "" && w.Ar == "" {
		s.wrong(p.at, path, "yaml.type", "path", path, "want", "{en: ..., ar: ...}")
	}
	return w
}

// tok is where a pair's value stands; its key where it has none.
func (p pair) tok() *token.Token {
	if p.val == nil {
		return p.at
	}
	return at(p.val)
}

// at is where a node begins. The token of a map is the colon of its first pair.
func at(n ast.Node) *token.Token {
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 && v.Start.Value == ":" {
			return at(v.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return at(v.Key)
	}
	return n.GetToken()
}

// inside is where in the file a place inside a scalar stands: line counted from
// 1, col from 0. Of folded text it is only the beginning that is known.
func inside(n ast.Node, line, col int) (int, int) {
	t := n.GetToken()
	switch v := n.(type) {
	case *ast.LiteralNode:
		inner := v.Value.GetToken()
		indent := len(inner.Origin) - len(strings.TrimLeft(inner.Origin, " "))
		if v.Start.Value[0] != '|' {
			return t.Position.Line, t.Position.Column
		}
		return t.Position.Line + line, indent + col + 1
	default:
		if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
			col++
		}
		return t.Position.Line, t.Position.Column + col
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// near is the known name that was probably meant; all of them where none is
// near. A tie goes to the one that stands first.
func near(name string, known []string) string {
	best, distance := "", len([]rune(name))/2+1
	for _, k := range known {
		if n := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k)); n < distance {
			best, distance = k, n
		}
	}
	if best == "" {
		return strings.Join(known, ", ")
	}
	return best
}
