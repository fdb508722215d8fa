package dev.weir.core.net.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/** A private key and the certificate chain made out for it, leaf first. */
record Identity(PrivateKey key, List<X509Certificate> chain) {
  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  static Identity read(String keyFile, String certFile) throws TlsConfigException {
    List<X509Certificate> chain = PemFile.read("certificate file", certFile)
        .certificates("certificate file");
    PrivateKey key = key(PemFile.read("key file", keyFile));
    if (!fits(key, chain.getFirst())) {
      throw new TlsConfigException(
          "private key \"" + keyFile + "\" and certificate \"" + certFile
              + "\" do not match: key values mismatch");
    }
    return new Identity(key, chain);
  }

  private static PrivateKey key(PemFile file) throws TlsConfigException {
    byte[] parameters = new byte[0];
    for (PemFile.Block block : file.blocks()) {
      if (block.encrypted() || block.type().equals("ENCRYPTED PRIVATE KEY")) {
        throw new TlsConfigException("failed to read key file \"" + file.path()
            + "\": the key is encrypted, and there is nobody to ask for its passphrase");
      }
      switch (block.type()) {
        case "EC PARAMETERS" -> parameters = block.der();
        case "PRIVATE KEY" -> {
          return decode(file.path(), block.der());
        }
        case "RSA PRIVATE KEY" -> {
          return decode(file.path(),
              Der.of(Der.SEQUENCE, VERSION_0, RSA, Der.of(Der.OCTETS, block.der())));
        }
        case "EC PRIVATE KEY" -> {
          return decode(file.path(), fromSec1(file.path(), block.der(), parameters));
        }
        default -> {
        } // certificates and DH parameters may share the file
      }
    }
    throw new TlsConfigException(
        "failed to read key file \"" + file.path() + "\": no private key in it");
  }

  /** RFC 5915: the curve stands in the key or in the block before it. */
  private static byte[] fromSec1(String path, byte[] der, byte[] outerParameters)
      throws TlsConfigException {
    try {
      ByteBuffer fields = Der.take(ByteBuffer.wrap(der), Der.SEQUENCE);
      Der.take(fields, 0x02);
      Der.take(fields, Der.OCTETS);
      byte[] parameters = Der.nextIs(fields, 0xa0)
          ? Der.bytes(Der.take(fields, 0xa0))
          : outerParameters;
      if (parameters.length == 0) {
        throw new IllegalArgumentException("names no curve");
      }
      return Der.of(Der.SEQUENCE, VERSION_0, Der.of(Der.SEQUENCE, EC_PUBLIC_KEY, parameters),
          Der.of(Der.OCTETS, der));
    } catch (IllegalArgumentException e) {
      throw new TlsConfigException("failed to read key file \"" + path + "\": " + e.getMessage(),
          e);
    }
  }

  private static PrivateKey decode(String path, byte[] pkcs8) throws TlsConfigException {
    InvalidKeySpecException reason = null;
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        reason = e; // another kind, perhaps
      } catch (GeneralSecurityException e) {
        throw new TlsConfigException("failed to read key file \"" + path + "\": " + e.getMessage(),
            e);
      }
    }
    throw new TlsConfigException(
        "failed to read key file \"" + path + "\": not a key of type " + KEY_KINDS, reason);
  }

  /** Whether what {@code key} signs is verified by {@code certificate}. */
  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    String scheme = switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> key.getAlgorithm();
    };
    byte[] probe = certificate.getSerialNumber().toByteArray();
    try {
      Signature signer = Signature.getInstance(scheme);
      if (scheme.equals("RSASSA-PSS")) {
        return certificate.getPublicKey().getAlgorithm().startsWith("RSA");
      }
      signer.initSign(key);
      signer.update(probe);
      byte[] signed = signer.sign();
      Signature verifier = Signature.getInstance(scheme);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(probe);
      return verifier.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
