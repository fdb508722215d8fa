package dev.weir.core.config;

/** The facility under which lines go to syslog. */
public enum SyslogFacility implements Spelled {
  AUTH("auth"), AUTHPRIV("authpriv"), DAEMON("daemon"), USER("user"), LOCAL0("local0"), LOCAL1(
      "local1"), LOCAL2("local2"), LOCAL3(
          "local3"), LOCAL4("local4"), LOCAL5("local5"), LOCAL6("local6"), LOCAL7("local7");

  private final String spelling;

  SyslogFacility(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
