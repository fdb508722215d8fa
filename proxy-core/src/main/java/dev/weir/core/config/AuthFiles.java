package dev.weir.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the files say that the authentication settings name. Immutable. */
record AuthFiles(AuthFile users, IdentMaps ident, HbaRules hba) {
  static final AuthFiles NONE = new AuthFiles(AuthFile.NONE, IdentMaps.NONE, HbaRules.NONE);

  /** The settings whose change makes the files be read again. */
  static final Set<Setting<?>> SETTINGS = Set.of(AuthSettings.AUTH_TYPE, AuthSettings.AUTH_FILE,
      AuthSettings.AUTH_HBA_FILE, AuthSettings.AUTH_IDENT_FILE);

  static AuthFiles of(Config config) {
    return new AuthFiles(config.authFile(), config.ident(), config.hba());
  }

  static AuthFiles load(Config config, @Nullable AuthFiles previous) {
    String userFile = config.get(AuthSettings.AUTH_FILE);
    AuthFile users = userFile == null || userFile.isEmpty()
        ? AuthFile.NONE
        : AuthFile.read(Path.of(userFile), previous == null ? null : previous.users());
    if (config.get(AuthSettings.AUTH_TYPE) != AuthType.HBA) {
      return new AuthFiles(users, IdentMaps.NONE, HbaRules.NONE);
    }
    String identFile = config.get(AuthSettings.AUTH_IDENT_FILE);
    IdentMaps ident = identFile == null || identFile.isEmpty()
        ? IdentMaps.NONE
        : HbaReader.maps(Path.of(identFile));
    return new AuthFiles(users, ident,
        HbaReader.rules(Path.of(config.get(AuthSettings.AUTH_HBA_FILE)), ident));
  }

  List<String> warnings() {
    List<String> all = new ArrayList<>(users.warnings());
    ident.warnings().forEach(warning -> all.add(warning.text()));
    hba.warnings().forEach(warning -> all.add(warning.text()));
    return all;
  }
}
