package printer

import (
	"context"
	"os"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"

	"feldsher/internal/fault"
)

var (
	winspool       = windows.NewLazySystemDLL("winspool.drv")
	enumPrinters   = winspool.NewProc("EnumPrintersW")
	defaultPrinter = winspool.NewProc("GetDefaultPrinterW")
)

// printerInfo4 is PRINTER_INFO_4W.
type printerInfo4 struct {
	name, server *uint16
	attributes   uint32
}

// list asks the spooler for local printers and those connected to (level 4, which
// asks no printer over the network).
func (s *System) list(context.Context) ([]Printer, error) {
	const local, connections, level = 2, 4, 4
	if err := enumPrinters.Find(); err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "fault.printer.service")
	}
	var need, count uint32
	// The first call fails by intent and says how much room the list takes.
	_, _, _ = enumPrinters.Call(local|connections, 0, level, 0, 0, uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
	if need == 0 {
		return nil, nil
	}
	// The spooler puts the names behind the entries, in memory that the collector must
	// not take for pointers.
	room := make([]uint64, need/8+1)
	ok, _, err := enumPrinters.Call(local|connections, 0, level, uintptr(unsafe.Pointer(&room[0])), uintptr(len(room)*8), uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
	if ok == 0 {
		return nil, err
	}
	count = min(count, uint32(len(room)*8)/uint32(unsafe.Sizeof(printerInfo4{})))
	first := defaultName()
	var all []Printer
	for _, p := range unsafe.Slice((*printerInfo4)(unsafe.Pointer(&room[0])), count) {
		name := windows.UTF16PtrToString(p.name)
		all = append(all, Printer{Name: name, Default: name == first})
	}
	runtime.KeepAlive(room)
	return all, nil
}

func defaultName() string {
	buffer := make([]uint16, 512)
	size := uint32(len(buffer))
	if ok, _, _ := defaultPrinter.Call(uintptr(unsafe.Pointer(&buffer[0])), uintptr(unsafe.Pointer(&size))); ok == 0 {
		return ""
	}
	return windows.UTF16ToString(buffer)
}

// print asks the shell to print the file with the program that is set for PDF. Where
// that program can't (a browser, say), the file is opened for the user to print. The
// shell does not say when it has read the file: Sweep takes it away later.
func (s *System) print(ctx context.Context, job Job) (Outcome, error) {
	all, err := s.list(ctx)
	if err != nil {
		return Sent, err
	}
	if len(all) == 0 {
		return Sent, fault.New(fault.NotFound, "fault.printer.none")
	}
	verb, target := "print", ""
	if job.Printer != "" {
		if !slices.ContainsFunc(all, func(p Printer) bool { return p.Name == job.Printer }) {
			return Sent, fault.New(fault.NotFound, "fault.printer.gone", "printer", job.Printer)
		}
		verb, target = "printto", `"`+job.Printer+`"`
	}
	file, err := s.file(job)
	if err != nil {
		return Sent, err
	}
	out, err := spool(job.Copies, verb, file, target)
	if err != nil {
		_ = os.Remove(file) // Print keeps the paper anew and says where
	}
	return out, err
}

// spool asks for each copy; where the shell can't print at all, it opens the file once.
func spool(copies int, verb, file, target string) (Outcome, error) {
	for n := range copies {
		if err := shell(verb, file, target); err != nil {
			if n > 0 {
				return Sent, err // some copies are on their way: opening would print too many
			}
			return Opened, shell("open", file, "")
		}
	}
	return Sent, nil
}

func shell(verb, file, args string) error {
	v, err := windows.UTF16PtrFromString(verb)
	if err != nil {
		return err
	}
	f, err := windows.UTF16PtrFromString(file)
	if err != nil {
		return err
	}
	var a *uint16
	if args != "" {
		if a, err = windows.UTF16PtrFromString(args); err != nil {
			return err
		}
	}
	show := int32(windows.SW_HIDE)
	if verb == "open" {
		show = windows.SW_SHOWNORMAL
	}
	return windows.ShellExecute(0, v, f, a, nil, show)
}
