package pipeline

import "testing"

// TestSyncFolder_Cannot: a file system that cannot sync a folder says so with EINVAL, as
// /proc does and some shares do. What was written there stands all the same.
func TestSyncFolder_Cannot(t *testing.T) {
	t.Parallel()
	if err := SyncFolder("/proc"); err != nil {
		t.Error(err)
	}
	if err := SyncFolder("/proc/none/such"); err == nil {
		t.Error("a folder that is not there was synced")
	}
}
