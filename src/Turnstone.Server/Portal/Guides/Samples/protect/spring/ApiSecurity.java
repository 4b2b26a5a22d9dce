// A Spring Boot API. Needs spring-boot-starter-web and spring-boot-starter-oauth2-resource-server.
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import java.util.List;
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
        var types = new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"));
        var decoder = NimbusJwtDecoder.withIssuerLocation(issuer)
            .jwtProcessorCustomizer(processor -> processor.setJWSTypeVerifier(types))
            .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer(issuer),
            new JwtClaimValidator<List<String>>("aud", named -> named != null && named.contains(audience))));
        return decoder;
    }
}
