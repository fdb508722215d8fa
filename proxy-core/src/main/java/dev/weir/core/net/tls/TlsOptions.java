package dev.weir.core.net.tls;

/**
 * The TLS settings of one side as they stand in the configuration file; an empty text means "not set". Nothing here is
 * checked yet: {@link ClientTls#of} and {@link ServerTls#of} do that. Immutable.
 *
 * @param keyFile path of the PEM private key
 * @param certFile path of the PEM certificate, followed by its intermediates
 * @param caFile path of the PEM certificates that are trusted
 * @param protocols list of versions, see {@link TlsProtocols}
 * @param ciphers OpenSSL cipher string for TLS up to 1.2, or {@code default}, {@code secure}, {@code normal}, {@code fast}
 * @param ciphers13 colon-separated TLS 1.3 suites
 * @param curve {@code none}, {@code auto} or names of curves
 * @param dhparams {@code none}, {@code auto} or {@code legacy}
 * @param more where else authorities are, and what they have revoked; towards servers only
 */
public record TlsOptions(
    TlsMode mode,
    String keyFile,
    String certFile,
    String caFile,
    String protocols,
    String ciphers,
    String ciphers13,
    String curve,
    String dhparams,
    TlsProvider provider,
    TrustFiles more) {

  /** Options of {@code mode} with everything else at its default. */
  public static TlsOptions of(TlsMode mode) {
    return new TlsOptions(mode, "", "", "", "secure", "default", "", "auto", "auto",
        TlsProvider.AUTO, TrustFiles.NONE);
  }

  public TlsOptions identity(String newKeyFile, String newCertFile) {
    return new TlsOptions(mode, newKeyFile, newCertFile, caFile, protocols, ciphers, ciphers13,
        curve, dhparams,
        provider, more);
  }

  public TlsOptions ca(String newCaFile) {
    return new TlsOptions(mode, keyFile, certFile, newCaFile, protocols, ciphers, ciphers13, curve,
        dhparams, provider, more);
  }

  public TlsOptions versions(String newProtocols) {
    return new TlsOptions(mode, keyFile, certFile, caFile, newProtocols, ciphers, ciphers13, curve,
        dhparams, provider, more);
  }

  public TlsOptions suites(String newCiphers, String newCiphers13) {
    return new TlsOptions(mode, keyFile, certFile, caFile, protocols, newCiphers, newCiphers13,
        curve, dhparams,
        provider, more);
  }

  public TlsOptions keyExchange(String newCurve, String newDhparams) {
    return new TlsOptions(mode, keyFile, certFile, caFile, protocols, ciphers, ciphers13, newCurve,
        newDhparams,
        provider, more);
  }

  public TlsOptions by(TlsProvider newProvider) {
    return new TlsOptions(mode, keyFile, certFile, caFile, protocols, ciphers, ciphers13, curve,
        dhparams, newProvider, more);
  }

  public TlsOptions trust(TrustFiles newMore) {
    return new TlsOptions(mode, keyFile, certFile, caFile, protocols, ciphers, ciphers13, curve,
        dhparams, provider, newMore);
  }

  /** Whether there is anything that a peer's certificate can be checked against. */
  boolean namesAuthorities() {
    return !caFile.isEmpty() || !more.caPath().isEmpty();
  }
}
