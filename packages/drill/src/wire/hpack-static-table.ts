/** The table that both sides know (RFC 7541, appendix A), from index 1 on: a name, and a value after its first colon. */
const TEXT = `:authority
:method:GET :method:POST :path:/ :path:/index.html :scheme:http :scheme:https
:status:200 :status:204 :status:206 :status:304 :status:400 :status:404 :status:500
accept-charset accept-encoding:gzip,_deflate accept-language accept-ranges accept access-control-allow-origin
age allow authorization cache-control content-disposition content-encoding content-language content-length
content-location content-range content-type cookie date etag expect expires from host if-match
if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards
proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie
strict-transport-security transfer-encoding user-agent vary via www-authenticate`;

/** A header field. */
export interface Field {
	readonly name: string;
	readonly value: string;
}

/** The field with index 1 is the first. */
export const STATIC_TABLE: readonly Field[] = TEXT.split(/\s/).map((word) => {
	const [, name = "", value = ""] = /^(:?[^:]+):?(.*)$/.exec(word) ?? [];
	return { name, value: value.replace("_", " ") };
});
