package dev.weir.core.config;

/** How clients prove who they are: the values of {@code auth_type}. */
public enum AuthType implements Spelled {
  /** The name is not looked at; the database must force a user. */
  ANY("any"),
  /** The user must exist; nothing is proved. */
  TRUST("trust"),
  /** Password in clear text. */
  PLAIN("plain"),
  /** MD5 challenge, or SCRAM for users whose secret is a SCRAM verifier. */
  MD5("md5"),
  /** Client certificate, in every connection. */
  CERT("cert"),
  /** What the rules of {@code auth_hba_file} say. */
  HBA("hba"),
  /** Password in clear text, checked by a directory. */
  LDAP("ldap"),
  /** Password in clear text, checked by the system. */
  PAM("pam"),
  /** SCRAM-SHA-256. */
  SCRAM_SHA_256("scram-sha-256");

  private final String spelling;

  AuthType(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
