import MFATesting
import Testing

@Suite(.timeLimit(.minutes(3))) struct AuthenticatorTests {
    @Test("Secrets are kept in a file for their owner alone, and codes are what oathtool says, each counter's once")
    func codes() async throws {
        try await Transcript(
            """
            $ mkdir var
            $ countersign authenticator code
            ! error: no secret is kept
            ! hint: countersign authenticator add OTPAUTH-URI
            ? 2
            $ countersign authenticator add 'otpauth://hotp/A:b?secret=JBSWY3DPEHPK3PXP&issuer=A&counter=7'
            {
              "name": "A:b",
              "kind": "hotp",
              "algorithm": "sha1",
              "digits": 6,
              "counter": "7"
            }
            $ stat -c '%a %n' var/*
            600 var/authenticator.json
            $ for i in 1 2 3; do countersign authenticator code; done >codes; oathtool --hotp -b -c 7 -w 2 JBSWY3DPEHPK3PXP | diff - codes
            $ echo 'otpauth://totp/A:c?secret=JBSWY3DPEHPK3PXP' | countersign authenticator add - --name c
            {
              "name": "c",
              "kind": "totp",
              "algorithm": "sha1",
              "digits": 6,
              "period_seconds": 30
            }
            $ countersign authenticator code c --at 1234567890
            742275
            $ countersign authenticator code
            ! error: several secrets are kept
            ! hint: there are A:b, c
            ? 2
            $ countersign authenticator code d
            ! error: no secret named d is kept
            ! hint: there are A:b, c
            ? 2
            $ countersign authenticator add 'otpauth://totp/c?secret=JBSWY3DPEHPK3PXP'
            ! error: there is a secret named c
            ! hint: give this one another --name
            ? 2
            $ countersign authenticator accounts
            {
              "devices": [],
              "secrets": [
                {
                  "name": "A:b",
                  "kind": "hotp",
                  "algorithm": "sha1",
                  "digits": 6,
                  "counter": "10"
                },
                {
                  "name": "c",
            …
              ]
            }
            $ countersign authenticator accounts | grep -c JBSWY3DP
            0
            ? 1
            $ COUNTERSIGN_AUTHENTICATOR=other.json countersign authenticator accounts
            {
              "devices": [],
              "secrets": []
            }
            $ mkdir var/authenticator.json.new
            $ countersign authenticator code A:b
            ! error: var/authenticator.json cannot be written: …
            ? 2
            $ rmdir var/authenticator.json.new; countersign authenticator code A:b >code; oathtool --hotp -b -c 10 JBSWY3DPEHPK3PXP | diff - code
            $ countersign authenticator remove c
            {
              "name": "c",
            …
            }
            $ chmod 640 var/authenticator.json; countersign authenticator code
            ! error: others may use var/authenticator.json
            ! hint: …
            ? 2
            """
        ).check()
    }

    @Test("A device that is not paired, or not by a pairing URI, sends nothing")
    func unpaired() async throws {
        try await Transcript(
            """
            $ countersign authenticator pair 'countersign-push://pair?v=2&secret=000102030405060708090a0b0c0d0e0f' --plaintext
            ! error: the pairing URI is of another version
            ! hint: update this program
            ? 2
            $ countersign authenticator list --plaintext
            ! error: no device is paired
            ! hint: countersign authenticator pair URI, with the pairing_uri of `countersign enroll push`
            ? 2
            $ countersign authenticator approve --plaintext
            ! error: Missing expected argument '<number>'
            ! hint: countersign --help, or --help after any command
            ? 2
            $ ls .config
            ? 2
            ! ls: …
            """
        ).check()
    }

    @Test("A push is asked, shown, approved with its number and spent, in the protos' words")
    func push() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ countersign enroll push alice --account alice@example.org --png qr.png >answer
            $ countersign factors alice --field factors.0.state
            FACTOR_STATE_PENDING_ACTIVATION
            $ zbarimg -q --nodbus --raw qr.png 2>/dev/null >uri; grep -cF "\\"$(cat uri)\\"" answer
            1
            $ grep -c qr_png answer
            0
            ? 1
            $ countersign authenticator pair - --model 'Pixel 8' --field factor.push.model <uri
            Pixel 8
            $ countersign authenticator pair - <uri
            ! error: this factor is paired already
            ! hint: countersign authenticator accounts shows what is kept
            ? 2
            $ countersign authenticator accounts
            {
              "devices": [
                {
                  "app": "…",
                  "account": "alice@example.org",
                  "tenant": "default",
                  "subject": "alice",
                  "factor_id": "…",
                  "model": "Pixel 8",
                  "channel": "",
                  "paired": true
                }
              ],
              "secrets": []
            }
            $ countersign authenticator approve 123
            ! error: nothing waits for an answer
            ! hint: it may have ended; countersign authenticator list
            ? 3
            $ countersign challenge start alice --kind push --action 'transfer 120 EUR' --context 'Chrome on Windows' --location 'Zürich, Switzerland' >answer
            $ member() { sed -n "s/^ *\\"$1\\": \\"\\(.*\\)\\",*\\$/\\1/p" answer; }
            $ challenge=$(member challenge_id); number=$(member number_to_match)
            $ countersign authenticator list
            {
              "pushes": [
                {
                  "challenge_id": "…",
                  "app_name": "…",
                  "action": "transfer 120 EUR",
                  "context": "Chrome on Windows",
                  "location": "Zürich, Switzerland",
                  "created_at_unix_ms": "…",
                  "expires_at_unix_ms": "…",
                  "number_digits": 3
                }
              ]
            }
            $ countersign authenticator approve 12
            ! error: the number has 3 digits
            ? 2
            $ countersign verify alice --challenge $challenge
            ! error: … [FAILED_PRECONDITION CHALLENGE_PENDING]
            ! hint: …
            ? 3
            $ { sleep 0.2; countersign authenticator approve $number; } >approval & countersign challenge get alice $challenge --wait 30 --field challenge.state; wait
            CHALLENGE_STATE_APPROVED
            $ cat approval
            {
              "verdict": "VERDICT_ACCEPTED",
              "state": "CHALLENGE_STATE_APPROVED",
              "attempts_left": …
            }
            $ countersign verify alice --challenge $challenge --field verdict
            VERDICT_ACCEPTED
            $ countersign challenge start alice --kind push --field challenge.state
            CHALLENGE_STATE_PENDING
            $ countersign authenticator deny --field state
            CHALLENGE_STATE_DENIED
            $ factor=$(countersign factors alice --field factors.0.factor_id)
            $ countersign factors suspend alice $factor --field factor.state
            FACTOR_STATE_SUSPENDED
            $ countersign authenticator list
            ! error: …, alice@example.org: … [FAILED_PRECONDITION FACTOR_NOT_ACTIVE]
            ! hint: …
            ? 3
            $ countersign authenticator remove $factor >/dev/null; countersign authenticator list
            ! error: no device is paired
            ! hint: …
            ? 2
            """
        ).check(environment: server.environment)
    }

    @Test("Sending that is rationed ends with status 1 and says what stood in the way")
    func returnedCodes() async throws {
        let server = try await LiveServer.start()
        try await Transcript(
            """
            $ countersign enroll email bob bob@example.org --return-code >answer
            $ member() { sed -n "s/^ *\\"$1\\": \\"\\(.*\\)\\",*\\$/\\1/p" answer | head -n 1; }
            $ grep -c bob@example.org answer
            0
            ? 1
            $ countersign activate bob $(member factor_id) $(member code) --field verdict
            VERDICT_ACCEPTED
            $ countersign challenge start bob --kind email --return-code --field verdict
            VERDICT_RATE_LIMITED
            ? 1
            $ countersign challenge start bob --kind email --field limit
            SEND_LIMIT_ADDRESS
            ? 1
            $ countersign challenge start bob --kind email --field challenge.challenge_id
            ? 1
            """
        ).check(environment: server.environment)
    }
}
