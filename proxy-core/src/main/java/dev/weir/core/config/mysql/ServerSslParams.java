package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** TLS material towards one server, for one user or, with an empty name, for all. */
public record ServerSslParams(String hostname, int port, String username, String sslCa,
    String sslCert, String sslKey, String sslCapath, String sslCrl, String sslCrlpath,
    String sslCipher, String tlsVersion, String comment) {

  static ServerSslParams of(RowValues row) {
    return new ServerSslParams(row.required("hostname"), row.whole("port"), row.text("username"),
        row.text("ssl_ca"), row.text("ssl_cert"), row.text("ssl_key"), row.text("ssl_capath"),
        row.text("ssl_crl"), row.text("ssl_crlpath"), row.text("ssl_cipher"),
        row.text("tls_version"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(hostname, port, username, sslCa, sslCert, sslKey, sslCapath, sslCrl,
        sslCrlpath, sslCipher, tlsVersion, comment);
  }
}
