-- The paths of every peer but /large, which is a file.
local function answer_after(r, ms)
	r.usleep(ms * 1000)
	r.content_type = "text/plain"
	r:puts("ok\n")
	return apache2.OK
end

function quick(r)
	return answer_after(r, 2)
end

function slow(r)
	return answer_after(r, 500)
end

function upload(r)
	r:requestbody()
	return answer_after(r, 0)
end
