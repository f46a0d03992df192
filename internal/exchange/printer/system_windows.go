package printer

import (
	"context"
	"errors"
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"

	"feldsher/internal/fault"
)

var (
	winspool        = windows.NewLazySystemDLL("winspool.drv")
	enumPrinters    = winspool.NewProc("EnumPrintersW")
	defaultPrinter  = winspool.NewProc("GetDefaultPrinterW")
	errNoVerb       = windows.Errno(31) // SE_ERR_NOASSOC
	errIncomplete   = windows.Errno(27) // SE_ERR_ASSOCINCOMPLETE
	errNoSuchAction = windows.ERROR_NO_ASSOCIATION
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
	room := make([]printerInfo4, need/uint32(unsafe.Sizeof(printerInfo4{}))+1)
	size := uint32(len(room)) * uint32(unsafe.Sizeof(printerInfo4{}))
	ok, _, err := enumPrinters.Call(local|connections, 0, level, uintptr(unsafe.Pointer(&room[0])), uintptr(size), uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
	if ok == 0 {
		return nil, err
	}
	first := defaultName()
	var all []Printer
	for _, p := range room[:min(int(count), len(room))] {
		name := windows.UTF16PtrToString(p.name)
		all = append(all, Printer{Name: name, Default: name == first})
	}
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

func spool(copies int, verb, file, target string) (Outcome, error) {
	for range copies {
		err := shell(verb, file, target)
		if errors.Is(err, errNoVerb) || errors.Is(err, errIncomplete) || errors.Is(err, errNoSuchAction) {
			return Opened, shell("open", file, "")
		}
		if err != nil {
			return Sent, err
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
