package shopifytest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// controlPrefix is where another process asks and acts. Nothing below it is noted or meets a fault.
const controlPrefix = "/_standin/"

// State is what GET /_standin/state answers.
type State struct {
	Quantities []Quantity  `json:"quantities"`
	Calls      []Call      `json:"calls"`
	Points     int         `json:"points"`
	Available  int         `json:"available"`
	History    []Effect    `json:"history"`
	Changes    []Change    `json:"changes"`
	Violations []Violation `json:"violations"`

	BulkOperations []BulkOperation `json:"bulk_operations"`
}

// Sale is the body of POST /_standin/quantity: a change behind the API's back, see Sell.
type Sale struct {
	SKU      string `json:"sku"`
	Location string `json:"location"` // id or name
	Delta    int    `json:"delta"`
}

// Edit is the body of POST /_standin/edit: a change of a product or of a variant behind the API's back. Set holds the
// fields of Product or Variant to overwrite, see EditProduct.
type Edit struct {
	Product string          `json:"product,omitempty"` // id or handle
	Variant string          `json:"variant,omitempty"` // id or SKU
	Set     json.RawMessage `json:"set"`
}

func (s *Server) edit(e Edit) error {
	var bad error
	if e.Variant != "" {
		err := s.EditVariant(e.Variant, func(v *Variant) { bad = json.Unmarshal(e.Set, v) })
		return errors.Join(err, bad)
	}
	err := s.EditProduct(e.Product, func(p *Product) { bad = json.Unmarshal(e.Set, p) })
	return errors.Join(err, bad)
}

// control serves
//
//	GET    /_standin/state     the State
//	POST   /_standin/faults    one fault a line, as ParseFault reads it
//	DELETE /_standin/faults    forget what is planned
//	POST   /_standin/quantity  a Sale
//	POST   /_standin/edit      an Edit
//	GET    /_standin/products  all Products
//	POST   /_standin/bulk      a BulkPlan for the next bulk operation
//
// and what controlOrders does.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPrefix) {
	case "GET state":
		w.Header().Set("Content-Type", jsonType)
		err = json.NewEncoder(w).Encode(s.State())
	case "POST faults":
		for _, line := range strings.Fields(string(body)) {
			if err = s.PlanFault(line); err != nil {
				break
			}
		}
	case "DELETE faults":
		s.ClearFaults()
	case "POST quantity":
		var sale Sale
		if err = json.Unmarshal(body, &sale); err == nil {
			err = s.Sell(sale.SKU, sale.Location, sale.Delta)
		}
	case "POST bulk":
		var plan BulkPlan
		if err = json.Unmarshal(body, &plan); err == nil {
			s.PlanBulk(plan)
		}
	case "POST edit":
		var e Edit
		if err = json.Unmarshal(body, &e); err == nil {
			err = s.edit(e)
		}
	case "GET products":
		w.Header().Set("Content-Type", jsonType)
		err = json.NewEncoder(w).Encode(s.Products())
	default:
		if err = s.controlOrders(w, r, body); errors.Is(err, errUnknownControl) {
			http.NotFound(w, r)
			return
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// State is everything at once, as another process gets it.
func (s *Server) State() State {
	calls := s.Calls()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bucket.fill(s.opt.Now())
	s.tickAll()
	st := State{Quantities: s.shop.quantities(), Calls: calls, Points: s.record.points(), Available: int(s.bucket.level),
		History: append([]Effect{}, s.record.effects...), Changes: append([]Change{}, s.record.changes...), Violations: append(s.record.judge(), s.judgeGoods()...), BulkOperations: s.bulkOperations()}
	if st.Violations == nil {
		st.Violations = []Violation{}
	}
	return st
}
