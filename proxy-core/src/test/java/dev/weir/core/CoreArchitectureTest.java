package dev.weir.core;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.weir.core", importOptions = ImportOption.DoNotIncludeTests.class)
class CoreArchitectureTest {
  @ArchTest static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.weir.core.(**)")
      .should().beFreeOfCycles();

  @ArchTest static final ArchRule WHAT_PROTOCOLS_SHARE_KNOWS_NONE_OF_THEM = noClasses().that()
      .resideOutsideOfPackages("dev.weir.core.pg..", "dev.weir.core.mysql..").should()
      .dependOnClassesThat().resideInAnyPackage("dev.weir.core.pg..", "dev.weir.core.mysql..",
          "dev.weir.pg..", "dev.weir.mysql..");

  @ArchTest static final ArchRule PROTOCOLS_DO_NOT_MEET = noClasses().that()
      .resideInAPackage("dev.weir.core.pg..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.core.mysql..", "dev.weir.mysql..");

  @ArchTest static final ArchRule CORE_KNOWS_NOTHING_ABOVE_IT = noClasses().should()
      .dependOnClassesThat().resideInAnyPackage("dev.weir.admin..", "dev.weir.app..");

  @ArchTest static final ArchRule REFUSALS_SETTINGS_VIEWS_STAND_ALONE = classes().that()
      .resideInAnyPackage("dev.weir.core.error..", "dev.weir.core.config..",
          "dev.weir.core.control..")
      .should().onlyDependOnClassesThat().resideInAnyPackage("java..", "org.jspecify..",
          "dev.weir.core.error..", "dev.weir.core.config..", "dev.weir.core.control..");

  @ArchTest static final ArchRule LINKS_KNOW_NO_POOLS = noClasses().that()
      .resideInAPackage("dev.weir.core.net..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.core.pool..", "dev.weir.core.session..",
          "dev.weir.core.auth..");

  @ArchTest static final ArchRule POOLS_SEE_BYTES_AND_NO_CHANNELS = noClasses().that()
      .resideInAPackage("dev.weir.core.pool..").should().dependOnClassesThat()
      .resideInAnyPackage("io.netty.channel..", "io.netty.handler..");

  @ArchTest static final ArchRule STATEMENTS_ARE_READ_WITHOUT_HELP = classes().that()
      .resideInAPackage("dev.weir.core.sql..").should().onlyDependOnClassesThat()
      .resideInAnyPackage("java..", "org.jspecify..", "dev.weir.core.sql..");

  @ArchTest static final ArchRule ROUTES_ARE_PURE = classes().that()
      .resideInAPackage("dev.weir.core.route..").should().onlyDependOnClassesThat()
      .resideInAnyPackage("java.lang..", "java.util..", "java.nio.charset..", "com.google.re2j..",
          "org.jspecify..", "dev.weir.core.sql..", "dev.weir.core.route..");
}
