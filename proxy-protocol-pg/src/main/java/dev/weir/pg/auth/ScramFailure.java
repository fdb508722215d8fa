package dev.weir.pg.auth;

/**
 * The exchange ended without success.
 *
 * @param reason for the log, printable; do not tell it a client, who learns only that it failed
 */
public record ScramFailure(String reason)
    implements
      ScramServer.First,
      ScramServer.Outcome,
      ScramClient.Step,
      ScramClient.Outcome {}
