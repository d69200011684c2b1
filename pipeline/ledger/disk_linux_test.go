package ledger

import "testing"

func TestDisk(t *testing.T) {
	t.Parallel()
	for magic, share := range map[uint32]bool{0x6969: true, 0xFF534D42: true, 0xFE534D42: true, 0x01021997: true, 0x65735546: false, 0x01021994: false} {
		warnings, err := judgeDisk("state", magic, false)
		if share {
			trouble(t, err, "state.share")
		} else if err != nil {
			t.Errorf("%x: %v", magic, err)
		}
		if (len(warnings) == 1) == share {
			t.Errorf("%x: warnings %v", magic, warnings)
		}
		if warnings, err := judgeDisk("state", magic, true); err != nil || len(warnings) != 1 {
			t.Errorf("%x, allowed: %v, %v", magic, warnings, err)
		}
	}
	for _, magic := range []uint32{0xEF53, 0x794C7630, 0x9123683E} { // ext4, overlayfs, btrfs
		if warnings, err := judgeDisk("state", magic, false); err != nil || len(warnings) != 0 {
			t.Errorf("%x: %v, %v", magic, warnings, err)
		}
	}
}
