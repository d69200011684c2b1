package transform

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// An expression is computed from fields and columns of a row:
//
//	line.quantity * line.price - line.discount
//	col("First Name") + " " + col("Last Name")
//	has(order.cancelled) and not has(order.paid)
//
// Numbers are decimals: those of fields, and those written in the expression
// too. There are no floats, and there is no clock. A text that a row lacks is
// "". A number, date or yes/no that it lacks makes the whole expression have no
// value; so does a field of any type that could not be read.
type expression struct {
	program *vm.Program
	result  reflect.Type
	fields  []int        // used, by their place in the shape; not those inside of has()
	asked   []int        // used inside of has()
	columns []usedColumn // used by col()
	shape   *pipeline.Shape
}

type usedColumn struct {
	name   string // as the program knows it
	source int    // among the mapping's columns
}

var (
	decimalType = reflect.TypeFor[pipeline.Decimal]()
	textType    = reflect.TypeFor[string]()
	momentType  = reflect.TypeFor[time.Time]()
	boolType    = reflect.TypeFor[bool]()
)

// exprError is what is wrong with an expression: line counted from 1, col from 0.
type exprError struct {
	line, col int
	said      string
	rule      pipeline.Rule // "" means mapping.expr
	facts     []string
}

// compile makes a program of an expression. source gives the mapping's column
// for the names in col().
func compile(text string, shape *pipeline.Shape, source func(names []string) int) (*expression, *exprError) {
	e := &expression{shape: shape}
	v := &rewriter{e: e, text: []rune(text), source: source, names: fieldNames(shape)}
	options := []expr.Option{expr.Env(e.types(strings.Count(text, "col"))), expr.Patch(v), expr.DisableAllBuiltins(), expr.MaxNodes(500), expr.Optimize(false)}
	for _, keep := range builtins {
		options = append(options, expr.EnableBuiltin(keep))
	}
	program, err := expr.Compile(text, append(options, functions...)...)
	switch {
	case v.fault != nil:
		return nil, v.fault
	case err != nil:
		fault := &exprError{line: 1, said: err.Error()}
		if at, ok := errors.AsType[*file.Error](err); ok {
			fault.line, fault.col, fault.said = at.Line, at.Column, at.Message
		}
		fault.said = strings.ReplaceAll(fault.said, decimalType.String(), "number")
		return nil, fault
	}
	e.program, e.result = program, program.Node().Type()
	root := program.Node()
	ast.Walk(&root, users{e})
	return e, nil
}

// users notes which fields a finished program uses.
type users struct{ e *expression }

// Visit notes one node.
func (u users) Visit(node *ast.Node) {
	id, ok := (*node).(*ast.IdentifierNode)
	if !ok {
		return
	}
	name, asked := strings.CutPrefix(id.Value, "?")
	i := u.e.shape.Index(name)
	switch {
	case i < 0:
	case asked && !slices.Contains(u.e.asked, i):
		u.e.asked = append(u.e.asked, i)
	case !asked && !slices.Contains(u.e.fields, i):
		u.e.fields = append(u.e.fields, i)
	}
}

func fieldNames(shape *pipeline.Shape) []string {
	var names []string
	for _, f := range shape.Fields() {
		names = append(names, f.Name)
	}
	return names
}

// The program knows a field by its name, whether it has a value by ?name, and
// columns by col 0, col 1 ...; none of which can be written in an expression
// (but for fields without a dot): the rewriter puts them there.
func (e *expression) types(columns int) map[string]any {
	env := map[string]any{}
	for _, f := range e.shape.Fields() {
		env[f.Name] = zeroOf(f.Type)
		env["?"+f.Name] = false
	}
	for i := range columns {
		env[fmt.Sprintf("col %d", i)] = ""
	}
	return env
}

func zeroOf(t pipeline.Type) any {
	switch {
	case numeric(t):
		return pipeline.Decimal{}
	case t == pipeline.Date || t == pipeline.Time:
		return time.Time{}
	case t == pipeline.Bool:
		return false
	}
	return ""
}

// run computes the expression. value gives a field of the shape, column a clean
// cell. nil without an error: it has no value.
func (e *expression) run(value func(index int) pipeline.Value, column func(source int) string) (any, error) {
	env := make(map[string]any, len(e.fields)+len(e.asked)+len(e.columns))
	for _, i := range e.asked {
		v := value(i)
		if v.Bad {
			return nil, nil
		}
		env["?"+e.shape.Fields()[i].Name] = v.Set
	}
	for _, i := range e.fields {
		v, f := value(i), e.shape.Fields()[i]
		text := f.Type.Textual()
		switch {
		case v.Bad, !v.Set && !text:
			return nil, nil
		case text:
			env[f.Name] = v.Text
		case numeric(f.Type):
			env[f.Name] = v.Dec
		case f.Type == pipeline.Bool:
			env[f.Name] = v.Bool
		default:
			env[f.Name] = v.Time
		}
	}
	for _, c := range e.columns {
		env[c.name] = column(c.source)
	}
	return expr.Run(e.program, env)
}

// rewriter turns an expression as it is written into one that the program can
// run: order.total becomes one name, col("Qty") and has(order.paid) too, and
// literals become decimals. It sees a node after what is inside of it.
type rewriter struct {
	e      *expression
	text   []rune
	names  []string
	source func(names []string) int
	fault  *exprError
}

// Visit rewrites one node.
func (v *rewriter) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		v.literal(node)
	case *ast.UnaryNode:
		if n.Operator == "-" { // the language knows it of its own numbers only
			ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "minus"}, Arguments: []ast.Node{n.Node}})
		}
	case *ast.IdentifierNode:
		v.field(node, n.Value)
	case *ast.MemberNode:
		v.member(node, n)
	case *ast.SliceNode:
		whole(&n.From)
		whole(&n.To)
	case *ast.CallNode:
		v.call(node, n)
	case *ast.BinaryNode:
		if n.Operator == "in" && v.decimal(n.Left) { // it would compare how they are kept: 1 is not in [1.0]
			v.wrong(*node, "in is for texts; compare numbers with ==")
		}
	}
}

// literal makes a decimal of a number as it is written, not of the float that
// the parser made of it.
func (v *rewriter) literal(node *ast.Node) {
	at := (*node).Location()
	written := strings.TrimSpace(string(v.text[min(at.From, len(v.text)):min(at.To, len(v.text))]))
	d, fault := pipeline.ParseNumber(written, ".", nil)
	if fault != "" || strings.ContainsAny(written, "_ ,-+") {
		v.wrong(*node, fmt.Sprintf("%s is not a number such as 12.50", written))
		return
	}
	c := &ast.ConstantNode{Value: d}
	c.SetType(decimalType)
	ast.Patch(node, c)
}

// whole gives the place in a list or a text back as the integer it has to be.
func whole(node *ast.Node) {
	if *node == nil {
		return
	}
	if c, ok := (*node).(*ast.ConstantNode); ok {
		if d, ok := c.Value.(pipeline.Decimal); ok {
			if i, err := d.Int64(); err == nil {
				ast.Patch(node, &ast.IntegerNode{Value: int(i)})
			}
		}
	}
}

func (v *rewriter) decimal(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ConstantNode:
		return true // only decimals are made so
	case *ast.IdentifierNode:
		i := v.e.shape.Index(n.Value)
		return i >= 0 && numeric(v.e.shape.Fields()[i].Type)
	}
	return n.Type() == decimalType
}

// member makes one name of order.total, and leaves places in lists alone.
func (v *rewriter) member(node *ast.Node, n *ast.MemberNode) {
	whole(&n.Property)
	if name, ok := dotted(n); ok {
		v.field(node, name)
	}
}

func dotted(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		property, ok := n.Property.(*ast.StringNode)
		base, is := dotted(n.Node)
		if ok && is {
			return base + "." + property.Value, true
		}
	}
	return "", false
}

// field makes a name of a field. A name that is none is a mistake, unless it is
// a function, or the beginning of names, such as order, whose end comes next.
func (v *rewriter) field(node *ast.Node, name string) {
	if v.e.shape.Index(name) >= 0 {
		ast.Patch(node, &ast.IdentifierNode{Value: name})
		return
	}
	beginning := func(known string) bool { return strings.HasPrefix(known, name+".") }
	if slices.Contains(own, name) || name == "minus" || strings.HasPrefix(name, "col ") || slices.ContainsFunc(v.names, beginning) {
		return
	}
	words := slices.Concat(v.names, own)
	meant := near(name, words)
	if !strings.Contains(name, ".") && !slices.Contains(words, meant) {
		v.wrong(*node, fmt.Sprintf("there is no field %s, and a text stands in quotes: %q", name, name))
		return
	}
	v.wrong(*node, "")
	if v.fault.rule == "" && v.fault.said == "" {
		v.fault.rule, v.fault.facts = "mapping.field", []string{"name", name, "near", meant}
	}
}

// call makes names of col("...") and has(...).
func (v *rewriter) call(node *ast.Node, n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return
	}
	switch callee.Value {
	case "col":
		var names []string
		for _, a := range n.Arguments {
			text, ok := a.(*ast.StringNode)
			if !ok || pipeline.Clean(text.Value) == "" {
				v.wrong(*node, `col takes the header of a column in quotes: col("Item Code")`)
				return
			}
			names = append(names, text.Value)
		}
		if len(names) == 0 {
			v.wrong(*node, `col takes the header of a column in quotes: col("Item Code")`)
			return
		}
		ast.Patch(node, &ast.IdentifierNode{Value: v.column(v.source(names))})
	case "when", "cond":
		v.choice(node, n, callee.Value)
	case "has":
		i := -1
		if len(n.Arguments) == 1 {
			if id, ok := n.Arguments[0].(*ast.IdentifierNode); ok {
				i = v.e.shape.Index(id.Value)
			}
		}
		if i < 0 {
			v.wrong(*node, "has takes one field: has(order.paid)")
			return
		}
		ast.Patch(node, &ast.IdentifierNode{Value: "?" + v.names[i]})
	}
}

// choice makes when(test, then, else) and cond(test, then, test, then, ..., else)
// what the language knows as test ? then : else, so that its types are checked and
// only what is chosen is computed.
func (v *rewriter) choice(node *ast.Node, n *ast.CallNode, name string) {
	args := n.Arguments
	switch {
	case name == "when" && len(args) != 3:
		v.wrong(*node, `when takes a test and two values: when(quantity > 0, "in stock", "sold out")`)
		return
	case len(args) < 3 || len(args)%2 == 0:
		v.wrong(*node, `cond takes tests with their values, and a value for all the rest: cond(rate == 14, "V009", rate == 0, "V003", "V005")`)
		return
	}
	chosen := args[len(args)-1]
	for i := len(args) - 3; i >= 0; i -= 2 {
		c := &ast.ConditionalNode{Cond: args[i], Exp1: args[i+1], Exp2: chosen}
		c.SetLocation((*node).Location())
		chosen = c
	}
	ast.Patch(node, chosen)
}

// column is the name of a source in the program.
func (v *rewriter) column(source int) string {
	for _, c := range v.e.columns {
		if c.source == source {
			return c.name
		}
	}
	c := usedColumn{name: fmt.Sprintf("col %d", len(v.e.columns)), source: source}
	v.e.columns = append(v.e.columns, c)
	return c.name
}

// wrong keeps the first thing that is wrong.
func (v *rewriter) wrong(n ast.Node, said string) {
	if v.fault != nil {
		return
	}
	v.fault = &exprError{line: 1, said: said}
	for _, r := range v.text[:min(n.Location().From, len(v.text))] {
		v.fault.col++
		if r == '\n' {
			v.fault.line, v.fault.col = v.fault.line+1, 0
		}
	}
}
