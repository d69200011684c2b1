package pipeline

import "time"

// A Seen says that a person has seen what became of a document after it left.
type Seen struct {
	By  string    `json:"by"`
	Why string    `json:"why"`
	At  time.Time `json:"at"`
}
