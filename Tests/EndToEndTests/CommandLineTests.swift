import MFATesting
import Testing

@Suite(.timeLimit(.minutes(3))) struct CommandLineTests {
    // MARK: Without a server

    @Test("A code is what oathtool says, from a secret or a URI, as argument or from standard input")
    func code() async throws {
        try await Transcript(
            """
            $ countersign code JBSWY3DPEHPK3PXP --at 1234567890
            742275
            $ countersign code 'jbsw y3dp-ehpk 3pxp' --at 1234567890
            742275
            $ echo JBSWY3DPEHPK3PXP | countersign code - --at 59
            996554
            $ for a in sha1 sha256 sha512; do for d in 6 8; do for p in 30 60; do echo $a $d $p; done; done; done >cases
            $ same() { test "$(countersign code $1 --at $2 --algorithm $3 --digits $4 --period $5)" = "$(oathtool -b --totp=$3 -d $4 -s $5 -N @$2 $1)"; }
            $ while read a d p; do for t in 0 59 1111111109 20000000000; do same JBSWY3DPEHPK3PXP $t $a $d $p || echo $a $d $p $t; done; done <cases
            $ countersign code 'otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP&issuer=A&algorithm=SHA256&digits=8&period=60' --at 1234567890
            45806924
            $ countersign code 'no secret!'
            ! error: the secret is not base32
            ! hint: letters A to Z and digits 2 to 7
            ? 2
            $ countersign code 'otpauth://hotp/A:b?secret=JBSWY3DPEHPK3PXP&counter=1'
            ! error: an otpauth URI of another kind than totp
            ! hint: …
            ? 2
            $ countersign code JBSWY3DPEHPK3PXP --digits 7
            ! error: a code has 6 or 8 digits and a period of 15 to 120 seconds
            ? 2
            """
        ).check()
    }

    @Test("Services are listed, and everything in the protos is described with its comments")
    func describe() async throws {
        try await Transcript(
            """
            $ countersign list
            countersign.v1.AuditService
            countersign.v1.EnrollmentService
            countersign.v1.PolicyService
            countersign.v1.RecoveryService
            countersign.v1.SubjectService
            countersign.v1.VerificationService
            grpc.health.v1.Health
            $ countersign list VerificationService
            countersign.v1.VerificationService/Verify
            countersign.v1.VerificationService/StartChallenge
            countersign.v1.VerificationService/GetChallenge
            countersign.v1.VerificationService/CancelChallenge
            countersign.v1.VerificationService/GetReceiptKeys
            countersign.v1.VerificationService/RedeemReceipt
            countersign.v1.VerificationService/AnswerPush
            countersign.v1.VerificationService/ListPendingPushes
            $ countersign list countersign.v1.RecoveryService
            countersign.v1.RecoveryService/GenerateBackupCodes
            countersign.v1.RecoveryService/GetBackupCodeStatus
            countersign.v1.RecoveryService/StartRecovery
            countersign.v1.RecoveryService/ApproveRecovery
            countersign.v1.RecoveryService/CancelRecovery
            countersign.v1.RecoveryService/CompleteRecovery
            countersign.v1.RecoveryService/GetRecovery
            countersign.v1.RecoveryService/IssueTemporaryAccessCode
            countersign.v1.RecoveryService/ReportLost
            $ countersign describe Factor
            // One enrolled authenticator, without any of its secrets.
            message Factor {
              // Opaque, unique within the subject.
              string factor_id = 1;
              FactorKind kind = 2;
            …
            }
            $ countersign describe countersign.v1.Verdict
            …
            enum Verdict {
              VERDICT_UNSPECIFIED = 0;
              // The proof is good, and is now spent.
              VERDICT_ACCEPTED = 1;
            …
            }
            $ countersign describe VerificationService/Verify
            // Checks one proof …
            …
            rpc Verify(VerifyRequest) returns (VerifyResponse);
            message VerifyRequest {
            …
            message VerifyResponse {
            …
              repeated string amr = 9;
            …
            }
            $ countersign describe Nothing
            ! error: there is nothing named Nothing
            ! hint: countersign list shows the services
            ? 2
            """
        ).check()
    }

    @Test("Wrong calls are refused before anything is sent")
    func usage() async throws {
        try await Transcript(
            """
            $ countersign verify alice
            ! error: Missing expected argument '<code>'
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign verify alice 123456 --field verdict.0
            ! error: --field verdict.0: there is no field 0
            ? 2
            $ countersign factors alice --field factors.first
            ! error: --field factors.first: first is not a position in a list
            ? 2
            $ countersign verify alice 123456 --factor f --kind totp
            ! error: --factor and --kind exclude each other
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign verify alice --challenge c --kind push
            ! error: --kind and --challenge exclude each other
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign challenge start alice
            ! error: --kind or --factor is needed
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign challenge start alice --kind totp
            ! error: The value 'totp' is invalid for '--kind <kind>'…
            ! hint: …
            ? 2
            $ countersign challenge get alice c --wait 61
            ! error: --wait is a number of seconds, 0 to 60
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign subject erase alice
            ! error: erasing alice cannot be undone; say --yes to do it
            ! hint: countersign --help, or --help after any command
            ? 2
            $ countersign call Verify
            ! error: Verify is not a method
            ! hint: write SERVICE/METHOD, for example VerificationService/Verify
            ? 2
            $ countersign call VerificationService/Unverify
            ! error: VerificationService has no method Unverify
            ! hint: there are Verify, StartChallenge, …
            ? 2
            $ countersign call VerificationService/Verify '{"subjekt": "alice"}' --plaintext
            ! error: the request is not a countersign.v1.VerifyRequest: unknown field subjekt
            ! hint: countersign describe countersign.v1.VerifyRequest
            ? 2
            $ countersign call VerificationService/Verify '{"kind": "TOTP"}' --plaintext
            ! error: the request is not a countersign.v1.VerifyRequest: an enum value that is not known
            ! hint: …
            ? 2
            $ countersign call VerificationService/Verify '{' --plaintext
            ! error: the request is not a countersign.v1.VerifyRequest: …
            ! hint: …
            ? 2
            $ countersign --help
            …
            EXIT STATUS
            …
            """
        ).check()
    }

    @Test("Configuration comes from flags, environment and file, in this order, and every fault names its place")
    func configuration() async throws {
        try await Transcript(
            """
            $ countersign ping
            ! error: certificate is not configured
            ! hint: name a configuration file …
            ? 2
            $ mkdir -p var .config/countersign
            $ printf 'address: 127.0.0.1:1\\nplaintext: true\\n' >.config/countersign/client.yaml
            $ countersign ping
            ! error: No connection to 127.0.0.1:1: Connection refused [UNAVAILABLE CANNOT_CONNECT]
            ! hint: …
            ? 5
            $ printf 'address: 127.0.0.1:2\\nplaintext: true\\n' >var/client.yaml
            $ countersign ping
            ! error: No connection to 127.0.0.1:2: Connection refused …
            ! hint: …
            ? 5
            $ COUNTERSIGN_ADDRESS=127.0.0.1:3 countersign ping
            ! error: No connection to 127.0.0.1:3: …
            ! hint: …
            ? 5
            $ COUNTERSIGN_ADDRESS=127.0.0.1:3 countersign ping --address '[::1]:4'
            ! error: No connection to [::1]:4: …
            ! hint: …
            ? 5
            $ echo 'adress: 127.0.0.1:1' >wrong.yaml
            $ countersign ping --config wrong.yaml
            ! error: wrong.yaml: unknown key adress
            ! hint: the keys are address, ca, certificate, key, server_name, plaintext, tenant, timeout_seconds
            ? 2
            $ echo 'timeout_seconds: soon' >wrong.yaml
            $ COUNTERSIGN_CONFIG=wrong.yaml countersign ping --plaintext
            ! error: wrong.yaml: timeout_seconds: soon is not a number of seconds above 0
            ? 2
            $ echo '{' >wrong.yaml; countersign ping --config wrong.yaml
            ! error: wrong.yaml is not YAML: line 2: did not find expected node content
            ? 2
            $ printf 'tenant: a\\ntenant: b\\n' >wrong.yaml; countersign ping --config wrong.yaml
            ! error: wrong.yaml is not YAML: a key occurs twice
            ? 2
            $ countersign ping --config missing.yaml
            ! error: cannot read the configuration file missing.yaml
            ! hint: check that it exists and is UTF-8 text
            ? 2
            $ countersign ping --address localhost
            ! error: --address: localhost is not HOST:PORT
            ! hint: for example 127.0.0.1:7443 or [::1]:7443
            ? 2
            $ COUNTERSIGN_PLAINTEXT=maybe countersign ping
            ! error: COUNTERSIGN_PLAINTEXT: maybe is neither true nor false
            ? 2
            $ printf 'ca: ca.pem\\ncertificate: c.pem\\nkey: c.key\\n' >var/tls.yaml; countersign ping --config var/tls.yaml
            ! error: The client's configuration cannot be used: cannot read var/ca.pem: No such file or directory …
            ? 2
            """
        ).check()
    }

    // MARK: With one

    @Test("The smoke test passes against a server that it starts")
    func smoke() async throws {
        let folder = try TemporaryDirectory()
        try await Shell.run(
            "\(Shell.repository)/scripts/smoke.sh", in: folder, environment: ["BIN": Shell.programs])
    }

    @Test("The smoke test passes against a server that is running, again and again")
    func smokeRunning() async throws {
        let server = try await LiveServer.start()
        for _ in 0..<2 {
            try await Shell.run(
                "\(Shell.repository)/scripts/smoke.sh", in: server.folder,
                environment: server.environment.merging(["BIN": Shell.programs]) { $1 })
        }
    }

    @Test("Factor health goes through all pages, for people and as JSON, and counts")
    func factorHealth() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ countersign subject health
            0 of 0 subjects
            $ countersign subject put robot --service-account >answer
            $ countersign enroll totp alice >answer
            $ factor=$(sed -n 's/.*"factor_id": "\\(.*\\)".*/\\1/p' answer)
            $ secret=$(sed -n 's/.*"secret_base32": "\\(.*\\)".*/\\1/p' answer)
            $ countersign activate alice $factor $(countersign code $secret) --field verdict
            VERDICT_ACCEPTED
            $ countersign subject health --only single-factor --only locked-factor
            "alice": one factor
            1 of 2 subjects: 1 single-factor
            $ countersign subject health
            "alice": one factor
            "robot": no factor
            2 of 2 subjects: 1 no-factor, 1 single-factor
            $ countersign subject health --only no-factor --json
            {"subject": "robot", "kind": "SUBJECT_KIND_SERVICE_ACCOUNT", "findings": ["FACTOR_FINDING_NO_FACTOR"], "factors": 0, "backup_codes_left": 0, "ailing": []}
            ! 1 of 2 subjects: 1 no-factor
            $ countersign subject health --only poor
            ! error: The value 'poor' is invalid for '--only <only>'. …
            ! …
            ! hint: …
            ? 2
            $ countersign subject health --unused-days 3651
            ! error: …unused_days…
            ? 3
            """
        ).check(environment: server.environment)
    }

    @Test("A whole life of a factor: answers are JSON in the protos' words, zeros included")
    func conversation() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ countersign ping
            {
              "address": "127.0.0.1:…",
              "status": "SERVING",
              "first_call_ms": …,
              "latency_ms": …
            }
            $ countersign subject put alice --account alice@example.org --email alice@example.org --group staff
            {
              "subject": {
                "tenant": "default",
                "subject": "alice",
                "kind": "SUBJECT_KIND_HUMAN",
                "groups": [
                  "staff"
                ],
                "account_name": "alice@example.org",
                "locale": "",
                "addresses": [
                  {
                    "kind": "ADDRESS_KIND_EMAIL",
                    "value": "a***@e***.org"
                  }
                ],
                "created_at_unix_ms": "…",
                "pseudonym": "…",
                "active_factors": 0,
                "backup_codes_left": 0,
                "grace_started_at_unix_ms": "…"
              }
            }
            $ countersign enroll totp alice --name phone --png qr.png >answer
            $ stat -c %a qr.png; zbarimg -q --nodbus --raw qr.png 2>/dev/null >uri; grep -cF "\\"$(cat uri)\\"" answer
            600
            1
            $ grep -c qr_png answer
            0
            ? 1
            $ factor=$(countersign factors alice --field factors.0.factor_id)
            $ countersign factors alice --field factors.0
            {
              "factor_id": "…",
              "kind": "FACTOR_KIND_TOTP",
              "state": "FACTOR_STATE_PENDING_ACTIVATION",
              "name": "phone",
              "created_at_unix_ms": "…",
              "activated_at_unix_ms": "0",
              "last_used_at_unix_ms": "0",
              "expires_at_unix_ms": "…",
              "locked": false,
              "attempts_left": 5,
              "backup_codes_left": 0,
              "totp": {
                "algorithm": "HASH_ALGORITHM_SHA1",
                "digits": 6,
                "period_seconds": 30
              },
              "masked_address": "",
              "usable_from_unix_ms": "0",
              "uses_left": 0
            }
            $ countersign activate alice $factor 0000000 --field verdict
            VERDICT_WRONG_CODE
            ? 1
            $ countersign code - <uri | countersign activate alice $factor - --field backup_codes.9 >backup
            $ countersign verify alice $(countersign code - --at $(($(date +%s) + 30)) <uri)
            {
              "verdict": "VERDICT_ACCEPTED",
              "verification_id": "…",
              "factor_id": "…",
              "kind": "FACTOR_KIND_TOTP",
              "attempts_left": 10,
              "retry_after_ms": "0",
              "backup_codes_left": 10,
              "aal": "ASSURANCE_LEVEL_AAL1",
              "amr": [
                "otp"
              ],
              "verified_at_unix_ms": "…",
              "restricted": false,
              "challenge_id": "",
              "receipt": ""
            }
            $ countersign verify alice 000000 --factor $factor --field verification_id
            ? 1
            $ proof=$(countersign recover alice - --field verification_id <backup)
            $ countersign backup-codes status alice --field codes_left
            9
            $ countersign enroll totp alice
            ! error: … [FAILED_PRECONDITION PROOF_REQUIRED]
            ! hint: …
            ? 3
            $ countersign backup-codes generate alice --proof $proof --field factor.backup_codes_left
            10
            $ countersign factors rename alice $factor 'new phone' --field factor.name
            new phone
            $ countersign subject list --field subjects.0.subject
            alice
            $ countersign events --subject alice --page-size 2 --field next_cursor >cursor
            $ countersign events --after $(cat cursor) --field events.0.type
            EVENT_TYPE_ACTIVATION
            $ countersign verify nobody 123456
            ! error: … [NOT_FOUND SUBJECT_NOT_FOUND]
            ? 3
            $ countersign verify '' 123456
            ! error: subject: … [INVALID_ARGUMENT INVALID_FIELD]
            ? 3
            """
        ).check(environment: server.environment)
    }

    @Test("A policy is tried before it is in force: tests without a server, a rehearsal over everybody, an explanation")
    func policy() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ printf 'mfa_enforcement:\\n  risk_based_prompting:\\n    - new_device: deny\\n' >new.yaml
            $ printf 'mfa_enforcement:\\n  grace: 1_days\\n' >wrong.yaml
            $ printf 'cases:\\n  - {name: new, expect: deny}\\n  - {name: known, when: {device: known}, expect: deny}\\n' >cases.yaml
            $ countersign policy test new.yaml cases.yaml
            cases.yaml:3: known: expected deny, found allow (grace_running)
            1 of 2 cases hold
            ? 1
            $ sed -i 3d cases.yaml; countersign policy test new.yaml cases.yaml
            1 of 1 cases hold
            $ echo '  - {name: x, expect: deny, whem: {}}' >>cases.yaml; countersign policy test new.yaml cases.yaml
            ! error: cases.yaml:3:29: cases[1].whem: unknown key, expected expect, name, reasons, when
            ? 2
            $ countersign policy test wrong.yaml cases.yaml
            ! error: wrong.yaml:2:3: mfa_enforcement.grace: unknown key, expected …
            ? 2
            $ countersign policy test missing.yaml cases.yaml
            ! error: cannot read missing.yaml
            ? 2
            $ for name in alice bob; do countersign subject put $name --group staff >/dev/null; done
            $ countersign subject put root --group admins >/dev/null
            $ countersign evaluate alice --action sign_in --ordinary --field requirement
            REQUIREMENT_ALLOW
            $ countersign events --field next_cursor >before
            $ countersign policy rehearse new.yaml
            policy … against default, which is in force
            3 subjects, 1 recorded evaluations in the newest 4 events
            newly           subjects  allow  prompt  require  enroll  deny
            people                 2      2       0        0       0     2
            administrators         1      1       0        0       0     1
            who, and where                        subjects  allow  prompt  require  enroll  deny
            people, known device                         2      2       0        0       0     0
            people, new device and place                 2    2→0       0        0       0   0→2
            people, sensitive action                     2    0→2       0        0     2→0     0
            people, as recorded                          1    1→0       0        0       0   0→1
            …
            because of        subjects  allow  prompt  require  enroll  deny
            new_device               3    3→0       0        0       0   0→3
            …
            group   subjects  allow  prompt  require  enroll  deny
            staff          2      2       0        0     2→0   0→2
            admins         1      1       0        0     1→0   0→1
            newly denied, the first ones:
              alice
              bob
              root
            $ countersign policy rehearse new.yaml --max-blocked 3 --max-enroll 0 --json | grep -A3 newly_denied
              "newly_denied": [
                "alice",
                "bob",
                "root"
            $ countersign policy rehearse new.yaml --max-blocked 2 >/dev/null
            ? 1
            $ countersign policy rehearse wrong.yaml
            ! error: policy: 2:3: mfa_enforcement.grace: unknown key, expected … [INVALID_ARGUMENT INVALID_FIELD]
            ? 3
            $ countersign policy explain alice --action sign_in --ordinary
            alice: ALLOW, nothing is asked. Policy default.
              because the device is not remembered and was at no earlier verification, or nothing was told of it
              …
              because there is no factor, and the time to enroll one still runs
            …
            found
              subject …
              groups          staff
            …
            rules
              must have a factor …
              grace_period …
              new_device …
            …
            $ countersign policy explain nobody
            ! error: … [NOT_FOUND SUBJECT_NOT_FOUND]
            ? 3
            $ countersign events --field next_cursor >after; cmp before after
            """
        ).check(environment: server.environment)
    }

    @Test("Any RPC can be called with JSON, from the argument, a file or standard input")
    func call() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ countersign call Health/Check
            {
              "status": "SERVING"
            }
            $ echo '{"tenant": "default", "subject": "bob", "kind": "FACTOR_KIND_TOTP"}' >request
            $ countersign call EnrollmentService/StartEnrollment @request --field factor.state
            FACTOR_STATE_PENDING_ACTIVATION
            $ countersign call countersign.v1.EnrollmentService/ListFactors - --field factors.0.kind <request
            ! error: the request is not a countersign.v1.ListFactorsRequest: unknown field kind
            ! hint: countersign describe countersign.v1.ListFactorsRequest
            ? 2
            $ countersign call SubjectService/PutSubject '{"tenant": "default", "subject": "bob", "idempotencyKey": "k"}' --field subject.locale

            $ countersign call SubjectService/PutSubject '{"tenant": "default", "subject": "bob", "idempotency_key": "k", "locale": "de"}'
            ! error: … [ALREADY_EXISTS IDEMPOTENCY_KEY_REUSED]
            ! hint: …
            ? 3
            $ countersign call SubjectService/EraseSubject '{"tenant": "default", "subject": "bob"}'
            {
              "erased": true
            }
            $ countersign call SubjectService/EraseSubject '{"tenant": "default", "subject": "bob"}'
            {
              "erased": false
            }
            $ countersign call RecoveryService/GetBackupCodeStatus
            ! error: tenant: … [INVALID_ARGUMENT INVALID_FIELD]
            ? 3
            """
        ).check(environment: server.environment)
    }
}
