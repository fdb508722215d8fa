package dev.weir.core.monitor;

/**
 * What a member of a replication group says of itself.
 *
 * @param viable it is online and in the majority
 * @param transactionsBehind transactions of others that wait to be applied
 */
public record GroupMemberState(boolean viable, boolean readOnly, long transactionsBehind) {}
