package dev.weir.core.net.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A certificate of our own for who has none: an authority, a certificate that it has signed (RFC 5280) and the key, as
 * three PEM files. The authority's key is forgotten, so that it can never sign anything else.
 */
public final class SelfMadeCertificates {
  private static final Duration VALID = Duration.ofDays(3650);
  private static final int RSA_BITS = 2048;
  private static final String AUTHORITY = "Weir_Auto_Generated_CA_Certificate";
  private static final String SERVER = "Weir_Auto_Generated_Server_Certificate";
  private static final byte[] VERSION_3 = hex("a003020102");
  private static final byte[] SHA256_WITH_RSA = hex("300d06092a864886f70d01010b0500");
  private static final byte[] COMMON_NAME = hex("0603550403");
  // Extensions whose contents never change, each a SEQUENCE of OID, criticality and value.
  private static final byte[] IS_AUTHORITY = hex("300f0603551d130101ff040530030101ff");
  private static final byte[] IS_NO_AUTHORITY = hex("300c0603551d130101ff04023000");
  private static final byte[] MAY_SIGN_CERTIFICATES = hex("300e0603551d0f0101ff040403020106");
  private static final byte[] MAY_SIGN_AND_ENCIPHER = hex("300e0603551d0f0101ff0404030205a0");
  private static final byte[] FOR_SERVERS = hex("30130603551d25040c300a06082b06010505070301");
  private static final byte[] SUBJECT_KEY = hex("0603551d0e");
  private static final byte[] AUTHORITY_KEY = hex("0603551d23");

  private final Path ca;
  private final Path certificate;
  private final Path key;

  /** The three files; none needs to be there. */
  public SelfMadeCertificates(Path ca, Path certificate, Path key) {
    this.ca = ca;
    this.certificate = certificate;
    this.key = key;
  }

  /**
   * Makes the files if none is there; never changes one that is. Takes up to a second. The key can be read by its owner
   * only.
   *
   * @return whether they were made
   * @throws IOException when they cannot be written, or are there in part: then certificate or key is missing
   */
  public boolean makeIfMissing() throws IOException {
    boolean usable = Files.exists(certificate) && Files.exists(key);
    if (usable) {
      return false;
    }
    List<Path> there = List.of(ca, certificate, key).stream().filter(Files::exists).toList();
    if (!there.isEmpty()) {
      throw new IOException("TLS to clients: of " + ca + ", " + certificate + " and " + key
          + " only " + there + " is there; add what is missing, or move it away and all are made");
    }
    try {
      write();
      return true;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    }
  }

  private void write() throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(RSA_BITS);
    KeyPair authority = generator.generateKeyPair();
    KeyPair own = generator.generateKeyPair();
    Instant now = Instant.now();
    byte[] root = signed(AUTHORITY, authority, authority.getPrivate(), now,
        List.of(IS_AUTHORITY, MAY_SIGN_CERTIFICATES, subjectKey(authority)));
    byte[] leaf = signed(SERVER, own, authority.getPrivate(), now, List.of(IS_NO_AUTHORITY,
        MAY_SIGN_AND_ENCIPHER, FOR_SERVERS, subjectKey(own), authorityKey(authority)));
    List<Path> made = new ArrayList<>();
    boolean whole = false;
    try {
      write(key, "PRIVATE KEY", own.getPrivate().getEncoded(), "rw-------", made);
      write(ca, "CERTIFICATE", root, "rw-r--r--", made);
      write(certificate, "CERTIFICATE", leaf, "rw-r--r--", made);
      whole = true;
    } finally {
      if (!whole) { // a part of them would be an error at the next start
        for (Path path : made) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private static void write(Path file, String type, byte[] der, String permissions,
      List<Path> made) throws IOException {
    String pem = "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
        + "\n-----END " + type + "-----\n";
    FileAttribute<?>[] rights = file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[]{
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
        : new FileAttribute<?>[0];
    Set<StandardOpenOption> never = EnumSet.of(StandardOpenOption.WRITE,
        StandardOpenOption.CREATE_NEW); // fails where there is one
    try (SeekableByteChannel out = Files.newByteChannel(file, never, rights)) {
      made.add(file);
      ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  private static byte[] signed(String subject, KeyPair of, PrivateKey by, Instant now,
      List<byte[]> extensions) throws GeneralSecurityException {
    byte[] serial = new byte[16];
    new SecureRandom().nextBytes(serial);
    byte[] body = Der.of(Der.SEQUENCE, VERSION_3,
        Der.of(Der.INTEGER, new BigInteger(1, serial).toByteArray()), SHA256_WITH_RSA,
        name(AUTHORITY),
        Der.of(Der.SEQUENCE, time(now.minus(Duration.ofDays(1))), time(now.plus(VALID))),
        name(subject), of.getPublic().getEncoded(),
        Der.of(0xa3, Der.of(Der.SEQUENCE, extensions.toArray(byte[][]::new))));
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(by);
    signer.update(body);
    return Der.of(Der.SEQUENCE, body, SHA256_WITH_RSA,
        Der.of(Der.BITS, new byte[]{0}, signer.sign()));
  }

  private static byte[] name(String common) {
    return Der.of(Der.SEQUENCE, Der.of(Der.SET, Der.of(Der.SEQUENCE, COMMON_NAME,
        Der.of(Der.UTF8, common.getBytes(StandardCharsets.UTF_8)))));
  }

  /** Two digits for the year before 2050, four from then on (RFC 5280, 4.1.2.5). */
  private static byte[] time(Instant at) {
    boolean early = at.atOffset(ZoneOffset.UTC).getYear() < 2050;
    String text = DateTimeFormatter.ofPattern(early ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'")
        .withZone(ZoneOffset.UTC).format(at);
    return Der.of(early ? Der.UTC_TIME : Der.GENERALIZED_TIME,
        text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] subjectKey(KeyPair of) throws GeneralSecurityException {
    return Der.of(Der.SEQUENCE, SUBJECT_KEY,
        Der.of(Der.OCTETS, Der.of(Der.OCTETS, fingerprint(of))));
  }

  private static byte[] authorityKey(KeyPair of) throws GeneralSecurityException {
    return Der.of(Der.SEQUENCE, AUTHORITY_KEY,
        Der.of(Der.OCTETS, Der.of(Der.SEQUENCE, Der.of(0x80, fingerprint(of)))));
  }

  /** Any name that is unique will do (RFC 5280, 4.2.1.2). */
  private static byte[] fingerprint(KeyPair of) throws GeneralSecurityException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(of.getPublic().getEncoded());
    return java.util.Arrays.copyOf(hash, 20);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
