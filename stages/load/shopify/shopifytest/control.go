package shopifytest

import (
	"encoding/json"
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
	Violations []Violation `json:"violations"`

	BulkOperations []BulkOperation `json:"bulk_operations"`
}

// Sale is the body of POST /_standin/quantity: a change behind the API's back, see Sell.
type Sale struct {
	SKU      string `json:"sku"`
	Location string `json:"location"` // id or name
	Delta    int    `json:"delta"`
}

// control serves
//
//	GET    /_standin/state     the State
//	POST   /_standin/faults    one fault a line, as ParseFault reads it
//	DELETE /_standin/faults    forget what is planned
//	POST   /_standin/quantity  a Sale
//	POST   /_standin/bulk      a BulkPlan for the next bulk operation
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
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
	default:
		http.NotFound(w, r)
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
		History: append([]Effect{}, s.record.effects...), Violations: s.record.judge(), BulkOperations: s.bulkOperations()}
	if st.Violations == nil {
		st.Violations = []Violation{}
	}
	return st
}
