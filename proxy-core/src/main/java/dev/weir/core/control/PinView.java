package dev.weir.core.control;

import java.time.Instant;

/**
 * A reason for which a client keeps its server between transactions, as SHOW PINS prints it; a client may have several.
 * Immutable; taken on the client's worker.
 *
 * @param clientId the id of SHOW CLIENTS
 * @param reason for example {@code temporary table}; the same words are the metrics' label
 * @param digest the statement that brought it about, without its values; empty when it is not known
 * @param since when that statement was over
 * @param endsWith what would end it, for people
 */
public record PinView(Protocol protocol, long clientId, String database, String user,
    String reason, String digest, Instant since, String endsWith) {}
