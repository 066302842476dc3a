"""The figure of rehearsals: how many subjects a second a proposed policy is tried against. Used by bench.py."""

import pathlib
import sys
import time

import rig

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/Interoperability"))
import wire

RUNNING, DONE = 1, 2
# An override for each kind of thing there is to match, so that none is for free.
POLICY = """\
mfa_enforcement:
  grace_period: 14_days
  risk_based_prompting:
    - new_device: require_mfa
    - new_location: prompt_mfa
    - sensitive_action: require_mfa
    - high_risk: deny
  overrides:
    - for_groups: [admins]
      set: {grace_period: 0_days, maximum_age: 8_hours}
    - actions: ["payment.*"]
      set: {assurance: {aal: 2}}
"""


def rehearse(connection, subjects):
    """Seconds from the start to the end, with everybody counted."""
    begin = time.monotonic()
    answer = connection.call(wire.Call(
        "countersign.v1.PolicyService", "StartRehearsal", {1: rig.TENANT, 2: POLICY}))
    while True:
        if answer.code != 0:
            sys.exit(f"a rehearsal: status {answer.code} {answer.status_text}")
        rehearsal = answer.message.message(1)
        if rehearsal.number(2) != RUNNING:
            break
        answer = connection.call(wire.Call(
            "countersign.v1.PolicyService", "GetRehearsal", {1: rig.TENANT, 2: rehearsal.text(1), 3: 20_000}))
    seconds = time.monotonic() - begin
    if (rehearsal.number(2), rehearsal.number(8)) != (DONE, subjects):
        sys.exit(f"a rehearsal ended in state {rehearsal.number(2)} after {rehearsal.number(8)} subjects")
    if rehearsal.number(11) == 0:
        sys.exit("a rehearsal found no recorded evaluation")
    return seconds


def measure_rehearsal(server, report, folder, subjects, rounds, evaluate_all):
    process, address = rig.start_countersignd(server, folder)
    # So that the audit has something to ask of each.
    evaluate_all(process, address, folder)
    rates = []
    with wire.Connection(address) as connection:
        for _ in range(rounds):
            rates.append(subjects / rehearse(connection, subjects))
    rig.stop(process)
    print(f"Rehearsal of a policy over {subjects:,} subjects, nothing else at work")
    report.add("subjects a second", rates, 20_000, at_least=True, unit="/s")
