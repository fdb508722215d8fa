package dev.weir.it;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The directions between modules; each module's own test holds those inside it. */
@AnalyzeClasses(packages = "dev.weir", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest static final ArchRule MODULES_HAVE_NO_CYCLES = slices().matching("dev.weir.(*)..")
      .should().beFreeOfCycles();

  @ArchTest static final ArchRule APP_PACKAGES_HAVE_NO_CYCLES = slices()
      .matching("dev.weir.app.(**)").should().beFreeOfCycles();

  @ArchTest static final ArchRule NOBODY_USES_THE_APP = noClasses().that()
      .resideOutsideOfPackage("dev.weir.app..").should().dependOnClassesThat()
      .resideInAPackage("dev.weir.app..");

  @ArchTest static final ArchRule CORE_KNOWS_NO_CONSOLE = noClasses().that()
      .resideInAPackage("dev.weir.core..").should().dependOnClassesThat()
      .resideInAPackage("dev.weir.admin..");

  @ArchTest static final ArchRule THE_CONSOLE_SPEAKS_NO_PROTOCOL = noClasses().that()
      .resideInAPackage("dev.weir.admin..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.core.pg..", "dev.weir.core.mysql..", "dev.weir.pg..",
          "dev.weir.mysql..", "io.netty..");

  @ArchTest static final ArchRule PROTOCOLS_KNOW_THEIR_BYTES_ONLY = noClasses().that()
      .resideInAnyPackage("dev.weir.pg..", "dev.weir.mysql..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.core..", "dev.weir.admin..", "dev.weir.app..", "org.slf4j..",
          "io.netty.channel..");

  @ArchTest static final ArchRule PROTOCOLS_DO_NOT_MEET = noClasses().that()
      .resideInAnyPackage("dev.weir.pg..").should().dependOnClassesThat()
      .resideInAPackage("dev.weir.mysql..");

  @ArchTest static final ArchRule PACKAGES_ARE_NAMED_FOR_AN_IDEA = noClasses().should()
      .resideInAnyPackage("..util..", "..common..", "..impl..", "..internal..", "..manager..");
}
