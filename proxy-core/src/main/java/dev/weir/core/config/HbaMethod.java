package dev.weir.core.config;

/** What a rule of the HBA file asks of a client. */
public enum HbaMethod implements Spelled {
  TRUST("trust"), REJECT("reject"), MD5("md5"), PASSWORD("password"), PEER("peer"), CERT(
      "cert"), SCRAM_SHA_256("scram-sha-256"), LDAP("ldap");

  private final String spelling;

  HbaMethod(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
