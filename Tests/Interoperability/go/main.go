// The whole conversation through containerd's ttrpc client, with messages generated from our protos by its own
// plugin: enroll, activate, verify, replay refused, back in with a backup code. Exits 0, or names the step
// that failed.
//
//	interoperability -address HOST:PORT [-ca FILE -certificate FILE -key FILE [-server-name NAME]] [-qr FILE]
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base32"
	"encoding/binary"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	countersign "countersign/v1"

	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const tenant = "default"

var (
	address     = flag.String("address", "", "HOST:PORT of the server")
	ca          = flag.String("ca", "", "authority of the server's certificate; without it plain text")
	certificate = flag.String("certificate", "", "client certificate")
	key         = flag.String("key", "", "key of the client certificate")
	serverName  = flag.String("server-name", "localhost", "name in the server's certificate")
	qrFile      = flag.String("qr", "", "where to write the QR code, with its URI beside it in FILE.uri")
)

func main() {
	flag.Parse()
	if err := converse(); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}

func converse() error {
	connection, err := dial()
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	client := ttrpc.NewClient(connection)
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ctx = ttrpc.WithMetadata(ctx, ttrpc.MD{"x-request-id": {"go-interoperability"}})

	enrollment := countersign.NewEnrollmentServiceClient(client)
	verification := countersign.NewVerificationServiceClient(client)
	recovery := countersign.NewRecoveryServiceClient(client)
	subject := fmt.Sprintf("go-%d", time.Now().UnixNano())

	started, err := enrollment.StartEnrollment(ctx, &countersign.StartEnrollmentRequest{
		Tenant: tenant, Subject: subject, IdempotencyKey: "start-" + subject, Kind: countersign.FactorKind_FACTOR_KIND_TOTP,
		FactorName: "Zoë's phone", AccountName: "zoë@example.org",
	})
	if err != nil {
		return fmt.Errorf("StartEnrollment: %w", err)
	}
	if started.Factor.State != countersign.FactorState_FACTOR_STATE_PENDING_ACTIVATION || started.Factor.Name != "Zoë's phone" {
		return fmt.Errorf("StartEnrollment: not the factor that was asked for: %v", started.Factor)
	}
	if err := checkEnrollment(started.Totp); err != nil {
		return fmt.Errorf("StartEnrollment: %w", err)
	}
	// The window allows the coming step too, so a second, later code is at hand without waiting for the clock.
	step := time.Now().Unix() / 30
	code, err := totp(started.Totp.SecretBase32, step)
	if err != nil {
		return fmt.Errorf("StartEnrollment: %w", err)
	}

	activated, err := enrollment.ActivateFactor(ctx, &countersign.ActivateFactorRequest{
		Tenant: tenant, Subject: subject, FactorId: started.Factor.FactorId, Code: code,
	})
	if err != nil {
		return fmt.Errorf("ActivateFactor: %w", err)
	}
	if activated.Verdict != countersign.Verdict_VERDICT_ACCEPTED || len(activated.BackupCodes) != 10 {
		return fmt.Errorf("ActivateFactor: %v with %d backup codes", activated.Verdict, len(activated.BackupCodes))
	}

	verify := func(
		kind countersign.FactorKind, code string, want countersign.Verdict,
	) (*countersign.VerifyResponse, error) {
		answer, err := verification.Verify(ctx, &countersign.VerifyRequest{
			Tenant: tenant, Subject: subject, Kind: kind, Code: code,
		})
		if err != nil {
			return nil, err
		}
		if answer.Verdict != want {
			return nil, fmt.Errorf("%v where %v was due", answer.Verdict, want)
		}
		return answer, nil
	}

	if code, err = totp(started.Totp.SecretBase32, step+1); err != nil {
		return err
	}
	proven, err := verify(countersign.FactorKind_FACTOR_KIND_TOTP, code, countersign.Verdict_VERDICT_ACCEPTED)
	if err != nil {
		return fmt.Errorf("Verify: %w", err)
	}
	if proven.FactorId != started.Factor.FactorId || proven.VerificationId == "" {
		return fmt.Errorf("Verify: accepted without naming the proof: %v", proven)
	}
	if _, err := verify(countersign.FactorKind_FACTOR_KIND_TOTP, code, countersign.Verdict_VERDICT_REPLAYED); err != nil {
		return fmt.Errorf("Verify, the same code again: %w", err)
	}

	// Lower case and without hyphens, as people type.
	typed := strings.ToLower(strings.ReplaceAll(activated.BackupCodes[0], "-", " "))
	back, err := verify(countersign.FactorKind_FACTOR_KIND_BACKUP_CODES, typed, countersign.Verdict_VERDICT_ACCEPTED)
	if err != nil {
		return fmt.Errorf("Verify, backup code: %w", err)
	}
	if back.BackupCodesLeft != 9 {
		return fmt.Errorf("Verify, backup code: %d left", back.BackupCodesLeft)
	}
	// One sign-in spends one: for five minutes none is looked at, be it spent or not.
	if _, err := verify(
		countersign.FactorKind_FACTOR_KIND_BACKUP_CODES, activated.BackupCodes[0],
		countersign.Verdict_VERDICT_RATE_LIMITED,
	); err != nil {
		return fmt.Errorf("Verify, the same backup code again: %w", err)
	}

	fresh, err := recovery.GenerateBackupCodes(ctx, &countersign.GenerateBackupCodesRequest{
		Tenant: tenant, Subject: subject, VerificationId: back.VerificationId,
	})
	if err != nil {
		return fmt.Errorf("GenerateBackupCodes: %w", err)
	}
	if len(fresh.BackupCodes) != 10 {
		return fmt.Errorf("GenerateBackupCodes: %d codes", len(fresh.BackupCodes))
	}
	listed, err := enrollment.ListFactors(ctx, &countersign.ListFactorsRequest{Tenant: tenant, Subject: subject})
	if err != nil {
		return fmt.Errorf("ListFactors: %w", err)
	}
	if len(listed.Factors) != 2 {
		return fmt.Errorf("ListFactors: %d factors", len(listed.Factors))
	}

	_, err = enrollment.ListFactors(ctx, &countersign.ListFactorsRequest{Tenant: tenant, Subject: subject + "-nobody"})
	if status.Code(err) != codes.NotFound {
		return fmt.Errorf("ListFactors of an unknown subject: %v", err)
	}
	_, err = enrollment.ListFactors(ctx, &countersign.ListFactorsRequest{Tenant: tenant})
	if status.Code(err) != codes.InvalidArgument {
		return fmt.Errorf("ListFactors without a subject: %v", err)
	}
	return nil
}

func dial() (net.Conn, error) {
	if *ca == "" {
		return net.DialTimeout("tcp", *address, 5*time.Second)
	}
	authority, err := os.ReadFile(*ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s holds no certificate", *ca)
	}
	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	if err != nil {
		return nil, err
	}
	return tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", *address, &tls.Config{
		RootCAs: pool, Certificates: []tls.Certificate{pair}, ServerName: *serverName,
	})
}

// The URI must carry the same secret, and the image be a PNG. Both are kept for the oracles that read them.
func checkEnrollment(enrollment *countersign.TOTPEnrollment) error {
	uri, err := url.Parse(enrollment.OtpauthUri)
	if err != nil {
		return err
	}
	if uri.Scheme != "otpauth" || uri.Host != "totp" || uri.Query().Get("secret") != enrollment.SecretBase32 {
		return fmt.Errorf("an otpauth URI of another secret")
	}
	if !strings.HasSuffix(uri.Path, ":zoë@example.org") {
		return fmt.Errorf("the label %q lacks the account", uri.Path)
	}
	if !bytes.HasPrefix(enrollment.QrPng, []byte("\x89PNG\r\n\x1a\n")) {
		return fmt.Errorf("the QR code is no PNG")
	}
	if *qrFile == "" {
		return nil
	}
	if err := os.WriteFile(*qrFile, enrollment.QrPng, 0o600); err != nil {
		return err
	}
	return os.WriteFile(*qrFile+".uri", []byte(enrollment.OtpauthUri), 0o600)
}

// RFC 6238 with SHA-1 and six digits.
func totp(secretBase32 string, step int64) (string, error) {
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secretBase32)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha1.New, secret)
	if err := binary.Write(mac, binary.BigEndian, step); err != nil {
		return "", err
	}
	digest := mac.Sum(nil)
	offset := digest[len(digest)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(digest[offset:])&0x7fffffff)%1000000), nil
}
