namespace ImageService.Web;

/// <summary>
/// Headers that keep browsers from using the service in ways that nobody intended: the page loads nothing from elsewhere and cannot be framed, and
/// answers are not guessed to be of another type.
/// </summary>
internal static class SecurityHeaders
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; "
            + "frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ];

    /// <summary>Sets the headers of every answer, and refuses requests that a page of another site sends: they would cost computing time.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder application, Problems problems) => application.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            foreach (var (name, value) in Headers)
                context.Response.Headers[name] = value;
            if (!context.Response.Headers.ContainsKey("Cache-Control"))
                context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return HttpMethods.IsPost(context.Request.Method) && context.Request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"]
            ? problems.Send(context, Problems.Of(StatusCodes.Status403Forbidden, "Pages of other sites may not use this service."))
            : next(context);
    });
}
