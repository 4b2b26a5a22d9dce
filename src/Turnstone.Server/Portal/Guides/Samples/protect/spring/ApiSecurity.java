// A Spring Boot API, with Spring Security 6.5 or later. Needs spring-boot-starter-web and
// spring-boot-starter-oauth2-resource-server.
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.*;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.*;
import org.springframework.security.web.SecurityFilterChain;

@Configuration
class ApiSecurity {
    // The scope individuals.read becomes the authority SCOPE_individuals.read. A token without it is answered 403.
    @Bean
    SecurityFilterChain api(HttpSecurity http) throws Exception {
        return http
            .authorizeHttpRequests(calls -> calls
                .requestMatchers("/individuals").hasAuthority("SCOPE_individuals.read")
                .anyRequest().denyAll())
            .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
            .build();
    }

    @Bean
    JwtDecoder tokens(@Value("${TURNSTONE_URL}") String issuer, @Value("${TURNSTONE_AUDIENCE}") String audience) {
        var decoder = NimbusJwtDecoder.withIssuerLocation(issuer)
            .validateType(false) // JwtTypeValidator does, below; its default takes JWT alone
            .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
            new JwtTypeValidator("JWT", "at+jwt"),
            new JwtTimestampValidator(),
            new JwtIssuerValidator(issuer),
            new JwtAudienceValidator(audience)));
        return decoder;
    }
}
