package etatest

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
)

// State is what GET /_standin/state answers, so that another process can judge.
type State struct {
	Counts struct {
		Requests    int `json:"requests"`
		Submissions int `json:"submissions"`
		Receipts    int `json:"receipts"` // held, each once
		Taken       int `json:"taken"`    // filings, so more than Receipts if something was filed twice
	} `json:"counts"`
	Receipts    []Receipt    `json:"receipts"`
	Submissions []Submission `json:"submissions"`
	ChainBreaks []ChainBreak `json:"chainBreaks"`
	Violations  []string     `json:"violations"`
	Requests    []Request    `json:"requests"`
}

// State returns everything that the server has recorded.
func (s *Server) State() State {
	st := State{
		Receipts: s.Receipts(), Submissions: s.Submissions(), ChainBreaks: s.ChainBreaks(), Violations: s.Judge(),
		Requests: s.Requests(),
	}
	st.Counts.Requests = len(st.Requests)
	st.Counts.Submissions = len(st.Submissions)
	st.Counts.Receipts = len(st.Receipts)
	for _, r := range st.Receipts {
		st.Counts.Taken += r.Taken
	}
	return st
}

const controlPath = "/_standin/"

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, controlPath) }

// control answers the calls that the authority does not have. They are not recorded and no fault befalls them.
//
//	GET    /_standin/state          State as JSON
//	POST   /_standin/faults         one ParseFault text a line
//	DELETE /_standin/faults         forget them
//	POST   /_standin/revoke         all tokens become invalid
//	POST   /_standin/retire?serial= a POS is switched off
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPath) {
	case "GET state":
		w.Header().Set("Content-Type", typeJSON)
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(s.State()) // whoever asked is gone
	case "POST faults":
		s.planFaults(w, r)
	case "DELETE faults":
		s.ClearFaults()
	case "POST revoke":
		s.RevokeTokens()
	case "POST retire":
		s.Retire(r.URL.Query().Get("serial"))
	default:
		http.NotFound(w, r)
	}
}

// planFaults takes all lines or none.
func (s *Server) planFaults(w http.ResponseWriter, r *http.Request) {
	var plans []Plan
	lines := bufio.NewScanner(http.MaxBytesReader(w, r.Body, maxBytes))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		plan, err := ParseFault(line)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		plans = append(plans, plan)
	}
	if err := lines.Err(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, plan := range plans {
		s.Plan(plan)
	}
}
