package dev.weir.core.route;

import org.jspecify.annotations.Nullable;

/**
 * What rules may ask about the session of a statement.
 *
 * @param proxyAddr the address of the listener; null on a listener without one, where it is not tested
 * @param proxyPort the port of the listener; 0 without one
 * @param flagIn where rules begin: 0, or what a rule set for the query after it
 * @param mirror whether this is a mirrored copy, whose comments are not obeyed
 */
public record SessionFacts(String username, String schemaname, String clientAddr,
    @Nullable String proxyAddr, int proxyPort, int flagIn, boolean mirror) {}
