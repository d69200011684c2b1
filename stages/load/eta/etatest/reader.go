package etatest

import "slices"

// readers are the ERP systems of the taxpayers. A device without a serial is one.
func readers(taxpayers []Taxpayer) []*device {
	var all []*device
	for i := range taxpayers {
		if erp := taxpayers[i].ERP; erp.ClientID != "" {
			all = append(all, &device{POS: POS{ClientID: erp.ClientID, Secret: erp.Secret}, owner: &taxpayers[i]})
		}
	}
	return all
}

func (d *device) reader() bool { return d.Serial == "" }

func (s *Server) readerNamed(id string) *device {
	i := slices.IndexFunc(s.readers, func(d *device) bool { return d.ClientID == id })
	if i < 0 {
		return nil
	}
	return s.readers[i]
}

// readersOnly are the calls that belong to the ERP's token (section 2.2).
func readersOnly(e Endpoint) bool { return e == Search || e == Order || e == Orders || e == Package }

// shown is the status of a receipt now.
func (s *Server) shown(r *receipt) string {
	if r.status != "" {
		return r.status
	}
	return s.statusOf(r.submission, r.Errors)
}

// Forget takes a receipt away as if it had never been filed: a machine that was set back, seen from outside.
func (s *Server) Forget(uuid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.receipts, uuid)
	s.order = slices.DeleteFunc(s.order, func(r *receipt) bool { return r.UUID == uuid })
}

// Alter changes what the authority shows of a receipt: number, time, total, status.
func (s *Server) Alter(uuid string, change func(*Receipt)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.receipts[uuid]
	if r == nil {
		return false
	}
	r.Status = s.shown(r)
	before := r.Status
	change(&r.Receipt)
	if r.Status != before {
		r.status = r.Status
	}
	return true
}
