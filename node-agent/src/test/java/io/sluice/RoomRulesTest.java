package io.sluice;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Which package may know which: the walls between the rooms of all modules. */
class RoomRulesTest {

  private static final String FOREIGN = "java.lang.foreign..";
  private static final String RAW_BPF = "me.bechberger..";
  private static final String FABRIC8 = "io.fabric8..";
  private static final String NETTY = "io.netty..";
  private static final String MESH = "io.sluice.mesh..";
  private static final String PROXY = "io.sluice.proxy..";
  private static final String CONFIG = "io.sluice.config..";
  private static final String AGENT = "io.sluice.agent..";
  private static final String[] PURE_ROOMS = {
    "io.sluice.proxy.route..", "io.sluice.proxy.resilience..", "io.sluice.config.compile.."
  };

  private static final JavaClasses SLUICE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.sluice");

  @Test
  void everyModuleIsSeen() {
    assertThat(SLUICE.stream().map(JavaClass::getPackageName))
        .contains(
            "io.sluice.agent",
            "io.sluice.bpf",
            "io.sluice.config",
            "io.sluice.mesh",
            "io.sluice.proxy");
  }

  @Test
  void everyPackageHasItsRoomSign() {
    assertThat(SLUICE.stream().map(JavaClass::getPackage).distinct())
        .filteredOn(room -> !hasRoomSign(room))
        .extracting(JavaPackage::getName)
        .as("packages without a package-info.java that is annotated @NullMarked")
        .isEmpty();
  }

  @Test
  void foreignFunctionsStayInKernelAndNetns() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.sluice.agent.kernel..", "io.sluice.agent.netns..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(FOREIGN, RAW_BPF)
            .because("a wrong foreign call ends the process: few eyes must suffice to check all"));
  }

  @Test
  void kubernetesStaysInConfig() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(FABRIC8)
            .because("the rest of Sluice runs without a cluster"));
  }

  @Test
  void configKnowsNeitherProxyNorAgent() {
    check(
        noClasses()
            .that()
            .resideInAPackage(CONFIG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROXY, AGENT)
            .because("config-sync and the proxy meet in the model only"));
  }

  @Test
  void proxyKnowsNeitherAgentNorConfig() {
    check(
        noClasses()
            .that()
            .resideInAPackage(PROXY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AGENT, CONFIG)
            .because("what the proxy needs of the node comes through io.sluice.proxy.doors"));
  }

  @Test
  void meshDependsOnNothing() {
    check(
        classes()
            .that()
            .resideInAPackage(MESH)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", MESH));
  }

  @Test
  void pureRoomsTouchNoNetworkNoClusterAndNoForeignMemory() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE_ROOMS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(NETTY, FABRIC8, FOREIGN, RAW_BPF));
  }

  @Test
  void pureRoomsAreToldTheTime() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(PURE_ROOMS)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .because("time is an argument there, so that a test can choose it"));
  }

  @Test
  void roomsOfTheProxyKnowOnlyWhatOtherRoomsHandOut() {
    check(
        classes()
            .that(resideInAnyPackage(PROXY).and(resideOutsideOfPackages(ProxyRooms.MAP)))
            .should(ProxyRooms.useOnlyTheOutputOfOtherRooms()));
  }

  private static boolean hasRoomSign(JavaPackage room) {
    return room.tryGetPackageInfo()
        .map(sign -> sign.isAnnotatedWith(NullMarked.class))
        .orElse(false);
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(SLUICE);
  }
}
