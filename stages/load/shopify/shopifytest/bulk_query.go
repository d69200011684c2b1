package shopifytest

import (
	"bytes"
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"
)

// runBulkQuery is bulkOperationRunQuery. The rows are those of the moment in which it is accepted.
func (s *Server) runBulkQuery(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		query := text(args["query"])
		doc, errs := bulkQueryDocument(query)
		if len(errs) == 0 {
			errs = s.refusedAsBusy(bulkQuery)
		}
		if len(errs) > 0 {
			s.record.userErrors(x.req.call, errs)
			return object{"bulkOperation": nil, "userErrors": errs}, nil
		}
		o := s.newBulk(x, bulkQuery, query)
		o.doc, o.grouped = doc, args["groupObjects"] == true
		s.collectRows(o)
		return object{"bulkOperation": s.bulkObject(o), "userErrors": []any{}}, nil
	}
}

// collectRows runs the query. An error of any field ends the operation as FAILED.
func (s *Server) collectRows(o *bulkOperation) {
	p := &projector{x: &execution{s: s, req: o.req, doc: o.doc, vars: map[string]any{}}}
	err := p.root(o.doc.op.SelectionSet, s.queries())
	o.results, o.roots = p.rows, p.roots
	if err != nil {
		o.errorCode = "INTERNAL_SERVER_ERROR"
		if e, ok := err.(*fieldError); ok && e.code == "ACCESS_DENIED" {
			o.errorCode = e.code
		}
		o.codes = append(o.codes, o.errorCode)
	}
	if o.plan.End != "" && o.plan.After < len(o.results) {
		o.results = o.results[:o.plan.After]
	}
	o.total, o.run = len(o.results), len(o.results)
}

// projector writes the rows of a bulk query. It asks the same resolvers as the executor of direct calls, but looks at
// the selection once and not once a row: a shop has 100 000 variants.
type projector struct {
	x     *execution
	rows  []bulkResult
	roots int
}

// bulkField is a selected field, prepared.
type bulkField struct {
	*ast.Field
	args       map[string]any
	connection *bulkField // of a connection: its node
	below      map[*ast.Definition][]*bulkField
	refused    error // its scope is missing
}

// prepare gives the fields of a selection for one concrete type.
func (p *projector) prepare(set ast.SelectionSet, owner *ast.Definition) []*bulkField {
	var out []*bulkField
	root := owner == loadedSchema().Query
	for _, field := range flatten(set, nil, owner) {
		f := &bulkField{Field: field, args: field.ArgumentMap(nil), below: map[*ast.Definition][]*bulkField{}}
		out = append(out, f)
		if field.Name == "__typename" {
			continue
		}
		if scopes := scopesFor(owner.Name, field.Name, root); scopes != nil && !p.x.s.granted(scopes) {
			f.refused = accessDenied(field.Name, scopes)
		}
		if field.Definition.Directives.ForName("deprecated") != nil {
			p.x.s.record.noteDeprecated(p.x.req.call, owner.Name+"."+field.Name)
		}
		if isConnection(typeOf(field)) {
			f.connection = &bulkField{Field: nodeOf(field), below: map[*ast.Definition][]*bulkField{}}
		}
	}
	return out
}

// fields gives the prepared fields below f for an object.
func (f *bulkField) fields(p *projector, o object) []*bulkField {
	def := typeOf(f.Field)
	if concrete := loadedSchema().Types[text(o["__typename"])]; concrete != nil {
		def = concrete
	}
	if _, seen := f.below[def]; !seen {
		f.below[def] = p.prepare(f.SelectionSet, def)
	}
	return f.below[def]
}

func typeOf(f *ast.Field) *ast.Definition { return loadedSchema().Types[f.Definition.Type.Name()] }

// nodeOf finds the node in edges { node }.
func nodeOf(connection *ast.Field) *ast.Field {
	for _, edges := range flatten(connection.SelectionSet, nil, nil) {
		for _, field := range flatten(edges.SelectionSet, nil, nil) {
			if edges.Name == "edges" && field.Name == "node" {
				return field
			}
		}
	}
	return nil // refused before
}

// pending is a connection whose rows come after the row it belongs to.
type pending struct {
	field *bulkField
	owner object
}

func (p *projector) root(set ast.SelectionSet, queries object) error {
	var later []pending
	var unused bytes.Buffer // an object at the root has no row of its own
	for _, f := range p.prepare(set, loadedSchema().Query) {
		if f.connection != nil {
			later = append(later, pending{f, queries})
			continue
		}
		if err := p.field(&unused, f, queries, &later); err != nil {
			return err
		}
	}
	return p.connections(later, "")
}

func (p *projector) connections(all []pending, parent string) error {
	for _, c := range all {
		if err := p.connectionRows(c, parent); err != nil {
			return err
		}
	}
	return nil
}

func (p *projector) connectionRows(c pending, parent string) error {
	value, err := p.value(c.field, c.owner)
	if err != nil || value == nil {
		return err
	}
	list := value.(connection)
	nodes, err := list.search(p.x, c.field.Field, c.field.args)
	if err != nil {
		return err
	}
	if err := list.sort(nodes, c.field.args); err != nil {
		return err
	}
	for _, n := range nodes {
		if err := p.row(c.field.connection, n.open(), parent); err != nil {
			return err
		}
	}
	return nil
}

// row writes one node and after it the rows of its connections.
func (p *projector) row(f *bulkField, o object, parent string) error {
	var buf bytes.Buffer
	var later []pending
	if err := p.object(&buf, f, o, &later, parent); err != nil {
		return err
	}
	p.rows = append(p.rows, bulkResult{len(p.rows), buf.Bytes()})
	if parent == "" {
		p.roots++
	}
	return p.connections(later, text(o["id"]))
}

// object writes an object; connections in it are left for later.
func (p *projector) object(buf *bytes.Buffer, f *bulkField, o object, later *[]pending, parent string) error {
	buf.WriteByte('{')
	comma := ""
	for _, child := range f.fields(p, o) {
		if child.connection != nil {
			*later = append(*later, pending{child, o})
			continue
		}
		buf.WriteString(comma + `"` + child.Alias + `":`)
		comma = ","
		if child.Name == "__typename" {
			writeJSON(buf, orElse(text(o["__typename"]), typeOf(f.Field).Name))
			continue
		}
		if err := p.field(buf, child, o, later); err != nil {
			return err
		}
	}
	if parent != "" {
		buf.WriteString(comma + `"__parentId":`)
		writeJSON(buf, parent)
	}
	buf.WriteByte('}')
	return nil
}

func (p *projector) field(buf *bytes.Buffer, f *bulkField, owner object, later *[]pending) error {
	value, err := p.value(f, owner)
	if err != nil {
		return err
	}
	return p.write(buf, f, value, later)
}

func (p *projector) write(buf *bytes.Buffer, f *bulkField, value any, later *[]pending) error {
	switch v := value.(type) {
	case object:
		if len(f.SelectionSet) > 0 {
			return p.object(buf, f, v, later, "")
		}
	case []any:
		buf.WriteByte('[')
		for i, element := range v {
			if i > 0 {
				buf.WriteByte(',')
			}
			if err := p.write(buf, f, element, later); err != nil {
				return err
			}
		}
		buf.WriteByte(']')
		return nil
	}
	writeJSON(buf, value)
	return nil
}

// value computes a field. Unlike the executor it leaves a connection whole.
func (p *projector) value(f *bulkField, owner object) (any, error) {
	if f.refused != nil {
		return nil, f.refused
	}
	value, known := owner[f.Name]
	if !known {
		name := f.ObjectDefinition.Name + "." + f.Name
		p.x.s.record.notImplemented(p.x.req.call, name)
		return nil, &fieldError{message: "not implemented by the stand-in: " + name, code: "INTERNAL_SERVER_ERROR"}
	}
	switch resolve := value.(type) {
	case rootResolver:
		return resolve(f.Field, f.args)
	case resolver:
		return resolve(f.args)
	}
	return value, nil
}

func writeJSON(buf *bytes.Buffer, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic("shopifytest: value is no JSON: " + err.Error())
	}
	buf.Write(text)
}
