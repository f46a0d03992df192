package entry

import (
	"os"
	"path/filepath"
	"runtime"
)

// Places suggests folders to save a paper in: the user's own ones that are there,
// and sticks that are plugged in.
func Places() []string {
	var out []string
	add := func(path string) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			out = append(out, path)
		}
	}
	home, err := os.UserHomeDir()
	if err == nil {
		for _, name := range []string{"Documents", "Документы", "Құжаттар", "Desktop", "Рабочий стол"} {
			add(filepath.Join(home, name))
		}
	}
	for _, stick := range sticks() {
		add(stick)
	}
	if len(out) == 0 && err == nil {
		add(home)
	}
	return out
}

// sticks are the places where the system mounts removable disks.
func sticks() []string {
	var out []string
	switch runtime.GOOS {
	case "windows":
		for drive := 'D'; drive <= 'Z'; drive++ {
			out = append(out, string(drive)+`:\`)
		}
	case "darwin":
		out, _ = filepath.Glob("/Volumes/*")
	default:
		for _, pattern := range []string{"/media/*/*", "/run/media/*/*"} {
			found, _ := filepath.Glob(pattern)
			out = append(out, found...)
		}
	}
	return out
}
