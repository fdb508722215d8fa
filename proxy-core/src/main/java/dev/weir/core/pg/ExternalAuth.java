package dev.weir.core.pg;

/** Checks passwords outside of the process. Blocks; called on threads that may. */
public interface ExternalAuth {
  boolean ldap(String options, String user, String password);

  /** @param remoteHost the client's address, for PAM_RHOST */
  boolean pam(String user, String password, String remoteHost);
}
