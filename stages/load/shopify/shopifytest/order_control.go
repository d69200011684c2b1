package shopifytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Story is the body of POST /_standin/order: an order and what happens to it. Several may stand one behind the other.
type Story struct {
	Order Order  `json:"order"`
	Steps []Step `json:"steps,omitempty"`
}

// MoreSteps is the body of POST /_standin/steps, which may hold several too.
type MoreSteps struct {
	Order string `json:"order"` // id or name
	Steps []Step `json:"steps"`
}

// errUnknownControl is a control address that does not exist.
var errUnknownControl = errors.New("no such control")

// controlOrders serves, beside what control does,
//
//	POST /_standin/order      Stories; the answer names the ids
//	POST /_standin/steps      MoreSteps
//	GET  /_standin/orders     all OrderSnapshots; ?at=2026-11-22T10:00:00Z as they stood
//	POST /_standin/customer   Customers; the answer names the ids
//	POST /_standin/payout     a Payout
//	POST /_standin/lag        how far the search index is behind, such as 10s
//	GET  /_standin/export/orders, transactions, customers, payouts, payment_transactions   the admin's CSV files
func (s *Server) controlOrders(w http.ResponseWriter, r *http.Request, body []byte) error {
	switch name := strings.TrimPrefix(r.URL.Path, controlPrefix); r.Method + " " + name {
	case "POST order":
		return answerEach(w, body, func(in Story) (any, error) { return s.tryPlace(in) })
	case "POST steps":
		return answerEach(w, body, func(in MoreSteps) (any, error) { return in.Order, s.Tell(in.Order, in.Steps...) })
	case "POST customer":
		return answerEach(w, body, func(in Customer) (any, error) { return s.AddCustomer(in), nil })
	case "POST payout":
		return answerEach(w, body, func(in Payout) (any, error) { return s.AddPayout(in), nil })
	case "POST lag":
		lag, err := time.ParseDuration(strings.TrimSpace(string(body)))
		if err == nil {
			s.SetIndexLag(lag)
		}
		return err
	case "GET orders":
		var when time.Time
		if asked := r.URL.Query().Get("at"); asked != "" {
			var err error
			if when, err = time.Parse(time.RFC3339, asked); err != nil {
				return err
			}
		}
		w.Header().Set("Content-Type", jsonType)
		return json.NewEncoder(w).Encode(s.Orders(when))
	case "GET export/orders":
		return answerCSV(w, s.ExportOrders())
	case "GET export/transactions":
		return answerCSV(w, s.ExportTransactions())
	case "GET export/customers":
		return answerCSV(w, s.ExportCustomers())
	case "GET export/payouts":
		return answerCSV(w, s.ExportPayouts())
	case "GET export/payment_transactions":
		return answerCSV(w, s.ExportPaymentTransactions())
	}
	return errUnknownControl
}

// tryPlace is PlaceOrder without a panic.
func (s *Server) tryPlace(in Story) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.placeOrder(in.Order, in.Steps)
}

// answerEach reads one value behind the other, strictly, and answers a list of what comes of them.
func answerEach[T any](w http.ResponseWriter, body []byte, do func(T) (any, error)) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	out := []any{}
	for {
		var in T
		err := decoder.Decode(&in)
		if errors.Is(err, io.EOF) {
			w.Header().Set("Content-Type", jsonType)
			return json.NewEncoder(w).Encode(out)
		}
		if err != nil {
			return fmt.Errorf("shopifytest: %w", err)
		}
		answer, err := do(in)
		if err != nil {
			return err
		}
		out = append(out, answer)
	}
}

func answerCSV(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	_, err := io.WriteString(w, text)
	return err
}
